import { openChannel } from '@stockroom/messaging/broker-connection'
import { ConfigurationError } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import { run } from '../functions/operations/dead-letter-commands.ts'
import {
  type DeadLetterRequest,
  parse,
  UsageError,
  usage,
} from '../functions/operations/dead-letter-request.ts'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { requireServices } from '../local/settings/reachability.ts'
import { localSettings } from '../local/settings/settings.ts'
import { askRunningShop } from './running-shop.ts'

/** A little more than the function has in serverless.yml. */
const answerWithinMs = 65_000

type Print = (line: string) => void

/** Runs the command line and resolves to the exit code. */
export async function main(args: string[], print: Print): Promise<number> {
  let request: DeadLetterRequest | undefined
  try {
    const parsed = parse(args)
    if (parsed === 'help') {
      print(usage)
      return 0
    }
    request = parsed
    loadEnvironment()
    if (!process.env.RABBITMQ_URL) return await runInShop(args, print)
    await requireServices({ RABBITMQ_URL: process.env.RABBITMQ_URL })
    return await run(request, await openChannel(), print)
  } catch (error) {
    const { message } = error as Error
    const isMisunderstood = error instanceof UsageError
    if (isMisunderstood) print(`${message}\n\n${usage}`)
    else print(request?.json ? JSON.stringify({ error: message }) : message)
    return isMisunderstood ? 2 : 1
  } finally {
    // Closing the connection leaves every letter that wasn't dealt with where it was.
    await shutDown()
  }
}

/** The broker is in the process of the running shop, which does the same there. */
async function runInShop(args: string[], print: Print): Promise<number> {
  const settings = localSettings(process.env)
  const answer = await askRunningShop(settings, 'handleDeadLetters', { args }, answerWithinMs)
  if (!answer) {
    throw new ConfigurationError(
      `RABBITMQ_URL is not set, and no shop runs with STOCKROOM_DATA_DIR ${settings.dataDirectory}; the broker in process keeps its dead letters while its shop runs.`,
    )
  }
  const { exitCode, lines, errorMessage } = answer as {
    exitCode?: number
    lines?: string[]
    errorMessage?: string
  }
  if (exitCode === undefined || !lines)
    throw new Error(errorMessage ?? "The shop that runs there can't tell of its dead letters.")
  for (const line of lines) print(line)
  return exitCode
}

// console.log, other than a stream, doesn't fail when its reader is `head`; what was asked is done to its end.
if (import.meta.main) process.exitCode = await main(process.argv.slice(2), console.log)
