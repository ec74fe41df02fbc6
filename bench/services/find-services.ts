import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'
import { type VirtualHostControl, virtualHostControl } from './virtual-host.ts'

const answerWithinMs = 3000

/** The real services that the tests have found; what is missing has a reason instead. */
export interface Services {
  database: { url: string } | Missing
  redis: { url: string } | Missing
  rabbitmq: { url: string; control: VirtualHostControl } | Missing
}

/** Why a service can't be used. */
export interface Missing {
  reason: string
  /** Whether somebody has named it: then the tests don't do without it. */
  isNamed?: boolean
}

interface Candidates {
  /** What the variable that names the service ends with; `none` in it means that there is none. */
  variable: string
  defaults: string[]
}

const database: Candidates = {
  variable: 'DATABASE_URL',
  defaults: [
    'postgres://postgres@localhost:5432/postgres',
    'postgres://postgres:postgres@localhost:5432/postgres',
    'postgres://stockroom:stockroom@localhost:5432/stockroom',
  ],
}
const redis: Candidates = { variable: 'REDIS_URL', defaults: ['redis://localhost:6379'] }
const rabbitmq: Candidates = {
  variable: 'RABBITMQ_URL',
  defaults: ['amqp://guest:guest@localhost:5672', 'amqp://stockroom:stockroom@localhost:5672'],
}

/**
 * Looks for the services, where their variables say or where they usually are. The names of the variables begin with
 * `prefix`.
 */
export async function findServices(prefix = 'TEST_'): Promise<Services> {
  const named = (candidates: Candidates) => ({ ...candidates, variable: prefix + candidates.variable })
  const [foundDatabase, foundRedis, foundRabbitmq] = await Promise.all([
    firstUsable(named(database), probeDatabase),
    firstUsable(named(redis), probeRedis),
    firstUsable(named(rabbitmq), probeRabbitmq),
  ])
  return { database: foundDatabase, redis: foundRedis, rabbitmq: foundRabbitmq }
}

/** The first candidate that `probe` accepts; otherwise why it refused the first of them. */
async function firstUsable<Found extends object>(
  { variable, defaults }: Candidates,
  probe: (url: string) => Promise<Found>,
): Promise<Found | Missing> {
  const given = process.env[variable]
  if (given === 'none') return { reason: `${variable} is "none"` }
  const urls = given ? [given] : defaults
  const outcomes: (Found | Missing)[] = []
  for (const url of urls) {
    const outcome = await probe(url).catch(
      (error): Missing => ({ reason: `${placeOf(url)}: ${reasonOf(error)}`, isNamed: given !== undefined }),
    )
    if (!('reason' in outcome)) return outcome
    outcomes.push(outcome)
  }
  return outcomes[0] as Missing
}

async function probeDatabase(url: string): Promise<{ url: string }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerWithinMs })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      'select rolcreatedb or rolsuper as "mayCreate" from pg_roles where rolname = current_user',
    )
    if (!rows[0]?.mayCreate) throw new Error('the user may not create databases')
    return { url }
  } finally {
    await client.end().catch(() => {})
  }
}

async function probeRedis(url: string): Promise<{ url: string }> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: answerWithinMs,
    retryStrategy: () => null,
  })
  let reason: unknown
  client.on('error', (error) => {
    reason = error
  })
  try {
    await client.connect()
    await client.ping()
    return { url }
  } catch (error) {
    throw reason ?? error
  } finally {
    client.disconnect()
  }
}

async function probeRabbitmq(url: string): Promise<{ url: string; control: VirtualHostControl }> {
  const connection = await amqp.connect(url, { timeout: answerWithinMs })
  connection.on('error', () => {})
  const { cluster_name: cluster } = connection.connection.serverProperties as { cluster_name?: string }
  await connection.close()
  const control = await virtualHostControl(url, String(cluster))
  if (!control) {
    throw new Error('neither its management API nor rabbitmqctl is there to make virtual hosts with')
  }
  return { url, control }
}

/** Host and port: a URL may hold a password. */
const placeOf = (url: string) => (URL.canParse(url) ? new URL(url).host : 'no URL')

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const { code, message } = error as NodeJS.ErrnoException
  return code ?? message.split('\n', 1)[0] ?? 'unknown'
}
