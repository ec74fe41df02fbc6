import { openChannel } from '@stockroom/messaging/broker-connection'
import { job } from '@stockroom/telemetry/job'
import { parse, run } from './dead-letter-commands.ts'

/** As `npm run dead-letters` takes them, such as `['redrive', '--all']`. */
interface Command {
  args: string[]
}

/**
 * Does in AWS, where nobody else reaches the broker, what `npm run dead-letters` does; a person invokes it.
 * @throws UsageError for a command that can't be understood
 */
export const handler = job(async ({ args }: Command) => {
  const lines: string[] = []
  const exitCode = await run(parse(args), await openChannel(), (line) => lines.push(line))
  return { exitCode, lines }
})
