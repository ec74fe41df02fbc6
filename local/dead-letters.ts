import { openChannel } from '@stockroom/messaging/broker-connection'
import { sourceQueues } from '@stockroom/messaging/dead-letters'
import { ConfigurationError } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import { parse, run, UsageError } from '../functions/operations/dead-letter-commands.ts'
import { loadEnvironment } from './environment-file.ts'
import { requireServices } from './reachability.ts'

const usage = `Looks after the messages that no consumer could handle.

  npm run dead-letters -- list                 one line each
  npm run dead-letters -- show ID              one with its headers and body
  npm run dead-letters -- redrive ID… | --all  back into the queue that it came from
  npm run dead-letters -- discard ID… | --all  away for good

  --queue NAME   only those of one queue: ${sourceQueues.join(' or ')}

Exit codes: 0 done, 1 nothing was there or something failed, 2 the command was not understood.`

/** Runs the command line and resolves to the exit code. */
export async function main(args: string[], print: (line: string) => void): Promise<number> {
  try {
    const request = parse(args)
    loadEnvironment()
    await requireBroker()
    const channel = await openChannel()
    return await run(request, channel, print)
  } catch (error) {
    print(error instanceof UsageError ? `${error.message}\n\n${usage}` : (error as Error).message)
    return error instanceof UsageError ? 2 : 1
  } finally {
    // Closing the connection leaves every letter that wasn't dealt with where it was.
    await shutDown()
  }
}

async function requireBroker(): Promise<void> {
  if (!process.env.RABBITMQ_URL) {
    throw new ConfigurationError(
      'RABBITMQ_URL is not set; the broker in process keeps its dead letters while its shop runs, and nobody else can reach them.',
    )
  }
  await requireServices({ RABBITMQ_URL: process.env.RABBITMQ_URL })
}

if (import.meta.main)
  process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
