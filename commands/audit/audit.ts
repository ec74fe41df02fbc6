import { inspectQueues, type QueueInspection } from '@stockroom/messaging/queue-inspection'
import { configuration } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import { readDatabase } from '../../local/embedded/databases.ts'
import { loadEnvironment } from '../../local/settings/environment-file.ts'
import { requireServices, withoutCache } from '../../local/settings/reachability.ts'
import { type LocalSettings, localSettings } from '../../local/settings/settings.ts'
import { statusOfAll } from '../../migrations/all.ts'
import { askRunningShop } from '../running-shop.ts'
import { parse, usage } from './command-line.ts'
import { reconcile } from './reconciliation.ts'
import { type Audit, jsonReport, report } from './report.ts'
import { sortDeadLetters } from './sorted-dead-letters.ts'

const answerWithinMs = 5000

/**
 * Reconciles the shop that the environment names and prints what it finds; resolves to the exit code.
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
    await requireServices({ ...process.env, ...withoutCache })
    const audit = await takeAudit(settings)
    for (const line of json ? [jsonReport(audit)] : report(audit)) print(line)
    return audit.reconciliation.violations.length > 0 ? 1 : 0
  } catch (error) {
    const { message } = error as Error
    print(json ? JSON.stringify({ error: message }) : message)
    return 1
  } finally {
    await shutDown()
    await stop()
  }
}

/** Makes the database ready to be read, that of a running shop too; resolves to what ends that. */
export async function prepareDatabase(settings: LocalSettings): Promise<() => Promise<void>> {
  const stop = await readDatabase(settings)
  configuration()
  return stop
}

/** Reconciles the shop, and reads what waits in the queues. */
export async function takeAudit(settings: LocalSettings): Promise<Audit> {
  await requireSchemas()
  const queues = settings.embedded.broker ? await askShop(settings) : await inspectQueues()
  return {
    reconciliation: await reconcile(),
    ready: queues?.ready,
    deadLetters: queues && (await sortDeadLetters(queues.deadLetters)),
  }
}

async function requireSchemas(): Promise<void> {
  const statuses = Object.values(await statusOfAll())
  if (statuses.every(({ pending }) => pending.length === 0)) return
  throw new Error('There are no books yet, or older ones: start the shop once, or run npm run migrate.')
}

/** Asks the shop about the queues in its process; resolves to undefined when none runs, and its queues ended with it. */
export async function askShop(settings: LocalSettings): Promise<QueueInspection | undefined> {
  const answer: Partial<QueueInspection> | undefined = await askRunningShop(
    settings,
    'inspectQueues',
    {},
    answerWithinMs,
  )
  if (!answer || isInspection(answer)) return answer
  throw new Error("The shop that runs there can't tell of its queues.")
}

const isInspection = (answer: Partial<QueueInspection>): answer is QueueInspection =>
  typeof answer.ready === 'object' && Array.isArray(answer.deadLetters)

if (import.meta.main) process.exitCode = await main(console.log, process.argv.slice(2))
