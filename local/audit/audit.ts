import { inspectQueues, type QueueInspection } from '@stockroom/messaging/queue-inspection'
import { configuration } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import { statusOfAll } from '../../migrations/all.ts'
import { embedDatabase } from '../databases.ts'
import { runningEmbeddedPostgres } from '../embedded-postgres.ts'
import { loadEnvironment } from '../environment-file.ts'
import { lambdaAccess } from '../lambda-access.ts'
import { requireServices } from '../reachability.ts'
import { type LocalSettings, localSettings } from '../settings.ts'
import { readBooks } from './books.ts'
import { parse, usage } from './command-line.ts'
import { sortDeadLetters } from './dead-letter-book.ts'
import { type Audit, jsonReport, report } from './report.ts'

const answerWithinMs = 5000

/**
 * Reads the books of the shop that the environment names and prints them; resolves to the exit code.
 * @param args as they stand behind `npm run audit --`
 */
export async function main(print: (line: string) => void, args: string[] = []): Promise<number> {
  const { json, problem, help } = parse(args)
  if (help || problem) {
    print(problem ? `${problem}\n\n${usage}` : usage)
    return problem ? 2 : 0
  }
  return await printAudit(print, json)
}

async function printAudit(print: (line: string) => void, json = false): Promise<number> {
  let stop = async () => {}
  try {
    loadEnvironment()
    process.env.DATABASE_TIMEOUT_MS ||= '600000'
    const settings = localSettings(process.env)
    stop = await prepareDatabase(settings)
    await requireServices({ ...process.env, REDIS_URL: undefined })
    const audit = await takeAudit(settings)
    for (const line of json ? [jsonReport(audit)] : report(audit)) print(line)
    return audit.books.breaches.length > 0 ? 1 : 0
  } catch (error) {
    const { message } = error as Error
    print(json ? JSON.stringify({ error: message }) : message)
    return 1
  } finally {
    await shutDown()
    await stop()
  }
}

/** Uses the embedded database of a running shop, or starts it when none runs; resolves to what ends that. */
export async function prepareDatabase({
  embedded,
  dataDirectory,
}: LocalSettings): Promise<() => Promise<void>> {
  if (embedded.database) {
    const running = await runningEmbeddedPostgres(dataDirectory)
    if (!running) return (await embedDatabase(dataDirectory)).stop
    process.env.DATABASE_URL = running
  }
  configuration()
  return async () => {}
}

/** Reads the books, and what waits in the queues. */
export async function takeAudit(settings: LocalSettings): Promise<Audit> {
  await requireSchemas()
  const queues = settings.embedded.broker ? await askShop(settings) : await inspectQueues()
  const books = await readBooks()
  return { books, ready: queues?.ready, deadLetters: queues && (await sortDeadLetters(queues.deadLetters)) }
}

async function requireSchemas(): Promise<void> {
  const statuses = Object.values(await statusOfAll())
  if (statuses.every(({ pending }) => pending.length === 0)) return
  throw new Error('There are no books yet, or older ones: start the shop once, or run npm run migrate.')
}

/** Asks the shop about the queues in its process; resolves to undefined when none runs. */
export async function askShop(settings: LocalSettings): Promise<QueueInspection | undefined> {
  const signal = AbortSignal.timeout(answerWithinMs)
  const { url, headers } = await lambdaAccess(settings, 'inspectQueues')
  const response = await fetch(url, { method: 'POST', headers, body: '{}', signal }).catch((error) => {
    if (signal.aborted)
      throw new Error(`LAMBDA_PORT ${settings.lambdaPort} gives no answer about the queues.`)
    return error.cause?.code === 'ECONNREFUSED' ? undefined : Promise.reject(error)
  })
  if (!response) return undefined // no shop runs here, and its queues ended with it
  const inspection = (await response.json().catch(() => ({}))) as Partial<QueueInspection>
  if (isInspection(inspection)) return inspection
  throw new Error(`What answers at LAMBDA_PORT ${settings.lambdaPort} can't tell of the queues of this shop.`)
}

const isInspection = (answer: Partial<QueueInspection>): answer is QueueInspection =>
  typeof answer.ready === 'object' && Array.isArray(answer.deadLetters)

if (import.meta.main)
  process.exitCode = await main((line) => process.stdout.write(`${line}\n`), process.argv.slice(2))
