import { keepsSessions } from '@stockroom/database/session-settings'
import { configuration } from '@stockroom/runtime/configuration'
import { embedDatabase, readDatabase } from '../local/embedded/databases.ts'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { requireServices, withoutCache } from '../local/settings/reachability.ts'
import { type LocalSettings, localSettings } from '../local/settings/settings.ts'
import { configureSessionsOfAll, migrateAll, rollbackNewest, statusOfAll } from '../migrations/all.ts'

/** What `node commands/migrate.ts` can do, each with the lines that it prints. */
const commands = new Map<string | undefined, () => Promise<string[]>>([
  ['latest', migrateToLatest],
  ['rollback', async () => [reverted(await rollbackNewest())]],
  ['status', async () => eachDomain(await statusOfAll(), ({ applied, pending }) => ({ applied, pending }))],
])

async function migrateToLatest(): Promise<string[]> {
  const applied = await migrateAll()
  if (!keepsSessions()) await configureSessionsOfAll(configuration().databaseTimeoutMs)
  return eachDomain(applied, (names) => ({ applied: names }))
}

const reverted = (newest: { domain: string; name: string } | undefined) =>
  newest ? `${newest.domain}: reverted ${newest.name}` : 'nothing to do'

function eachDomain<Result>(
  results: Record<string, Result>,
  namesByState: (result: Result) => Record<string, string[]>,
): string[] {
  return Object.entries(results).flatMap(([domain, result]) => {
    const lines = Object.entries(namesByState(result)).flatMap(([state, names]) =>
      names.map((name) => `${domain}: ${state} ${name}`),
    )
    return lines.length > 0 ? lines : [`${domain}: nothing to do`]
  })
}

async function run(name: string | undefined): Promise<void> {
  const command = commands.get(name)
  if (!command) throw new Error(`Say one of ${[...commands.keys()].join(', ')}, not "${name ?? ''}".`)
  const stop = await prepareDatabase(name === 'status')
  try {
    for (const line of await command()) console.log(line)
  } catch (error) {
    throw new Error(`The migrations' ${name} failed: ${reasonOf(error)}`, { cause: error })
  } finally {
    await stop()
  }
}

/**
 * Makes the database reachable that the environment names, or the embedded one; resolves to what ends it. What changes
 * the schemas needs the embedded one for itself, without a shop on it.
 */
async function prepareDatabase(onlyReads: boolean): Promise<() => Promise<void>> {
  const settings = localSettings(process.env)
  const stop = onlyReads ? await readDatabase(settings) : await claimDatabase(settings)
  await requireServices({ ...process.env, ...withoutCache, RABBITMQ_URL: undefined })
  return stop
}

async function claimDatabase({ embedded, dataDirectory }: LocalSettings): Promise<() => Promise<void>> {
  return embedded.database ? (await embedDatabase(dataDirectory)).stop : async () => {}
}

/** What PostgreSQL says; knex puts the whole statement before it. */
function reasonOf(error: unknown): string | undefined {
  return (error as Error).message.split(' - ').at(-1)
}

try {
  loadEnvironment()
  await run(process.argv[2])
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
