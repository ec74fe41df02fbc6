import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { shutDown } from '@stockroom/runtime/shutdown'
import { Child } from '../bench/processes/child.ts'
import { findPrograms } from '../bench/processes/find-programs.ts'
import type { Roots } from '../bench/processes/process-groups.ts'
import { prepareDatabase } from '../commands/audit/audit.ts'
import { requireServices, withoutCache } from '../local/settings/reachability.ts'
import { type LocalSettings, localSettings } from '../local/settings/settings.ts'
import type { LoadSettings } from './settings.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))

/** A shop that the run starts gets a folder of its own, so that a developer's data stays as it is. */
const ownDataDirectory = '.stockroom/load'

/** The shop that a run loads. */
export type Shop = Awaited<ReturnType<typeof openShop>>

/**
 * Uses or starts the shop, and makes its database ready for looking at; `cleanUp` gets what closes our connections and
 * stops what the run has started.
 * @throws Error in one line when one of them can't be used
 */
export async function openShop({ target }: LoadSettings, log: string, cleanUp: AsyncDisposableStack) {
  if (!target) process.env.STOCKROOM_DATA_DIR ||= ownDataDirectory
  const local = localSettings(process.env)
  const shop = target ? await useShop(target) : await startShop(local, log, cleanUp)
  // What follows is ours alone: the shop has its own limit for statements.
  process.env.DATABASE_TIMEOUT_MS = '600000'
  cleanUp.defer(await prepareDatabase(local))
  cleanUp.defer(shutDown)
  await requireServices({ ...process.env, ...withoutCache })
  /** The processes of shop and services that run on this machine. */
  const programs = programsOf(shop.url)
  return { ...shop, local, programs }
}

async function useShop(url: string) {
  const health = await healthOf(url)
  if (health === 200) return { url, requireRunning() {} }
  throw new Error(`LOAD_TARGET ${url} is no healthy shop: GET /health gives ${health ?? 'no answer'}.`)
}

/** Its output goes to the file `log`; when it doesn't start, its own last words say why, such as a port that is in use. */
async function startShop(
  { dataDirectory, host, httpPort }: LocalSettings,
  log: string,
  cleanUp: AsyncDisposableStack,
) {
  await rm(log, { force: true })
  const env = { ...process.env, STOCKROOM_DATA_DIR: dataDirectory }
  const child = new Child(['npm', 'start', '--silent'], { cwd: repository, env, log })
  cleanUp.defer(async () => {
    child.signal('SIGTERM')
    await child.ended
  })
  const url = `http://${/^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host}:${httpPort}`
  await child
    .until(async () => (await healthOf(url)) === 200)
    .catch(() => {
      throw new Error(`The shop did not start: ${child.lastWords.split('\n').at(-1) || `nothing in ${log}`}`)
    })
  /** @throws Error in one line when it has ended since */
  const requireRunning = () => {
    if (!child.isRunning) throw new Error(`The shop has ended during the load; ${log} may say why.`)
  }
  return { url, requireRunning }
}

async function healthOf(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.status
}

function programsOf(shop: string): Roots {
  const { DATABASE_URL, ORDERS_DATABASE_URL, REDIS_URL, PRODUCTS_REDIS_URL, RABBITMQ_URL } = process.env
  return findPrograms({
    shop,
    PostgreSQL: ORDERS_DATABASE_URL || DATABASE_URL,
    Redis: PRODUCTS_REDIS_URL || REDIS_URL,
    RabbitMQ: RABBITMQ_URL,
  })
}
