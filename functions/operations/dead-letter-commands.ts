import { parseArgs } from 'node:util'
import {
  type DeadLetter,
  removeDeadLetters,
  sourceQueues,
  takeDeadLetters,
} from '@stockroom/messaging/dead-letters'
import { printable, someOf } from '@stockroom/messaging/foreign-text'
import type { ConfirmChannel } from 'amqplib'
import { redrive } from './redriving.ts'

/** A command that wasn't understood. */
export class UsageError extends Error {}

/** What shall be done, with which messages. */
export interface DeadLetterRequest {
  command: string
  ids: Set<string>
  all: boolean
  queues: string[]
}

/** @throws UsageError for a command line that can't be understood */
export function parse(args: string[]): DeadLetterRequest {
  const { values, positionals } = readArguments(args)
  const [command, ...ids] = positionals
  const queues = values.queue ? [values.queue] : sourceQueues
  const { all = false } = values
  if (!command || !Object.hasOwn(commands, command))
    throw new UsageError(command ? `There is no command ${command}.` : 'Say what to do.')
  if (queues.some((queue) => !sourceQueues.includes(queue)))
    throw new UsageError(`There is no queue ${values.queue}.`)
  const namesLetters = all !== ids.length > 0
  if (command !== 'list' && !namesLetters)
    throw new UsageError(`${command} wants the ids of messages, or --all.`)
  return { command, ids: new Set(ids), all: all || command === 'list', queues }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { all: { type: 'boolean' }, queue: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

type Print = (line: string) => void

/** Deals with the chosen letters, which `channel` holds, and resolves to how many of them stay that should have gone. */
type Command = (letters: DeadLetter[], print: Print, channel: ConfirmChannel) => Promise<number>

const commands: Record<string, Command> = {
  async list(letters, print) {
    for (const { queue, messageId, type, reason, firstFailedAt } of letters) {
      print(row(queue, messageId, type, firstFailedAt ?? '-', reason))
    }
    print(`${letters.length} dead letters`)
    return 0
  },
  async show(letters, print) {
    for (const { queue, message, body } of letters) {
      const story = JSON.stringify({ queue, properties: message.properties }, undefined, 2)
      print(story.split('\n').map(printedLine).join('\n'))
      print(printedLine(body))
    }
    return 0
  },
  async redrive(letters, print, channel) {
    const { gone, stayed } = await redrive(letters)
    await removeDeadLetters(
      channel,
      gone.map(({ letter }) => letter),
    )
    print(`${gone.length} messages went back to their queues`)
    for (const { letter, left } of gone)
      if (left.length > 0) print(row(letter.queue, letter.messageId, `without ${someOf(left)}`))
    if (stayed.length > 0) print(`${stayed.length} stay where they were: their queues did not take them.`)
    for (const { queue, messageId } of stayed) print(row(queue, messageId))
    return stayed.length
  },
  async discard(letters, print, channel) {
    await removeDeadLetters(channel, letters)
    print(`${letters.length} messages discarded`)
    return 0
  },
}

const printedLine = (line: string): string => printable(line)

/** One line, whatever somebody else has written into its columns. */
const row = (...columns: string[]): string => columns.map(printedLine).join('  ')

/**
 * Does what was asked, closes the channel, and resolves to the exit code. Letters that weren't dealt with go back to
 * where they were, also when it throws.
 */
export async function run(
  request: DeadLetterRequest,
  channel: ConfirmChannel,
  print: Print,
): Promise<number> {
  try {
    return await runOn(channel, request, print)
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

async function runOn(
  channel: ConfirmChannel,
  { command, ids, all, queues }: DeadLetterRequest,
  print: Print,
): Promise<number> {
  const letters: DeadLetter[] = []
  for (const queue of queues) {
    for (const letter of await takeDeadLetters(channel, queue)) letters.push(letter)
  }
  // An id with characters that can't be printed is named as it is listed.
  const names = ({ messageId }: DeadLetter) => [messageId, printable(messageId)]
  const chosen = letters.filter((letter) => all || names(letter).some((name) => ids.has(name)))
  const found = new Set(chosen.flatMap(names))
  const missing = [...ids].filter((id) => !found.has(id))
  for (const id of missing) print(`There is no dead letter ${printable(id)}.`)
  if (chosen.length === 0 && command !== 'list') return 1
  const stayed = await commands[command]?.(chosen, print, channel)
  return missing.length > 0 || stayed ? 1 : 0
}
