import { type DeadLetter, removeDeadLetters, takeDeadLetters } from '@stockroom/messaging/read-dead-letters'
import type { ConfirmChannel } from 'amqplib'
import { choose } from './dead-letter-ids.ts'
import { jsonReport, type Outcome, reportLines } from './dead-letter-report.ts'
import type { DeadLetterRequest } from './dead-letter-request.ts'
import { redrive } from './redriving.ts'

/** Deals with the chosen letters, which `channel` holds. */
type Command = (letters: DeadLetter[], channel: ConfirmChannel) => Promise<Pick<Outcome, 'done' | 'stayed'>>

const untouched: Command = async (letters) => ({ done: whole(letters), stayed: [] })

const commands: Record<DeadLetterRequest['command'], Command> = {
  list: untouched,
  show: untouched,
  async redrive(letters, channel) {
    const { gone, stayed } = await redrive(letters)
    await removeDeadLetters(
      channel,
      gone.map(({ letter }) => letter),
    )
    return { done: gone, stayed }
  },
  async discard(letters, channel) {
    await removeDeadLetters(channel, letters)
    return { done: whole(letters), stayed: [] }
  },
}

const whole = (letters: DeadLetter[]) => letters.map((letter) => ({ letter, left: [] }))

/**
 * Does what was asked, closes the channel, and resolves to the exit code. Letters that weren't dealt with go back to
 * where they were, also when it throws.
 */
export async function run(
  request: DeadLetterRequest,
  channel: ConfirmChannel,
  print: (line: string) => void,
): Promise<number> {
  try {
    const outcome = await outcomeOf(request, channel)
    for (const line of request.json ? [jsonReport(outcome)] : reportLines(outcome)) print(line)
    return outcome.problems.length > 0 || outcome.stayed.length > 0 ? 1 : 0
  } finally {
    await closeQuietly(channel)
  }
}

/** What made a command fail may have closed the channel already. */
async function closeQuietly(channel: ConfirmChannel): Promise<void> {
  try {
    await channel.close()
  } catch {}
}

/** Does what was asked with the letters of `channel`, which holds them until it closes. */
export async function outcomeOf(
  { command, ids, all, queues }: DeadLetterRequest,
  channel: ConfirmChannel,
): Promise<Outcome> {
  const letters: DeadLetter[] = []
  for (const queue of queues) {
    for (const letter of await takeDeadLetters(channel, queue)) letters.push(letter)
  }
  const { chosen, problems } = all ? { chosen: letters, problems: [] } : choose(letters, ids)
  if (all && chosen.length === 0 && command !== 'list') problems.push('There are no dead letters.')
  if (chosen.length === 0) return { command, problems, done: [], stayed: [] }
  return { command, problems, ...(await commands[command](chosen, channel)) }
}
