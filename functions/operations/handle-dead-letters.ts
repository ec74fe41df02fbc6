import { openChannel } from '@stockroom/messaging/broker-connection'
import { job } from '@stockroom/telemetry/job'
import { run } from './dead-letter-commands.ts'
import { parse, usage } from './dead-letter-request.ts'

/** As `npm run dead-letters` takes them, such as `['redrive', '--all']`. */
interface Command {
  args: string[]
}

/**
 * Does what `npm run dead-letters` does where nobody else reaches the broker: in AWS, where a person invokes it, and in a
 * shop that has its broker in its process.
 * @throws UsageError for a command that can't be understood
 */
export const handler = job(async ({ args }: Command) => {
  const request = parse(args)
  if (request === 'help') return { exitCode: 0, lines: [usage] }
  const lines: string[] = []
  const exitCode = await run(request, await openChannel(), (line) => lines.push(line))
  return { exitCode, lines }
})
