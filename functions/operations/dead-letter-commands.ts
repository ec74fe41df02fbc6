import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import {
  type DeadLetter,
  removeDeadLetters,
  sourceQueues,
  takeDeadLetters,
} from '@stockroom/messaging/dead-letters'
import { type OutboundMessage, publish } from '@stockroom/messaging/publisher'
import type { ConfirmChannel } from 'amqplib'

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
      print(`${queue}  ${messageId}  ${type}  ${firstFailedAt ?? '-'}  ${reason}`)
    }
    print(`${letters.length} dead letters`)
    return 0
  },
  async show(letters, print) {
    for (const { queue, message, body } of letters) {
      print(JSON.stringify({ queue, properties: message.properties }, undefined, 2))
      print(body)
    }
    return 0
  },
  async redrive(letters, print, channel) {
    const taken = await publish(letters.map(redriven))
    const gone = letters.filter((_, index) => taken[index])
    await removeDeadLetters(channel, gone)
    print(`${gone.length} messages went back to their queues`)
    const stayed = letters.length - gone.length
    if (stayed > 0) print(`${stayed} stay where they were: their queues did not take them.`)
    return stayed
  },
  async discard(letters, print, channel) {
    await removeDeadLetters(channel, letters)
    print(`${letters.length} messages discarded`)
    return 0
  },
}

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
  const chosen = letters.filter(({ messageId }) => all || ids.has(messageId))
  const missing = [...ids].filter((id) => !chosen.some(({ messageId }) => messageId === id))
  for (const id of missing) print(`There is no dead letter ${id}.`)
  if (chosen.length === 0 && command !== 'list') return 1
  const stayed = await commands[command]?.(chosen, print, channel)
  return missing.length > 0 || stayed ? 1 : 0
}

/** The message as it was, straight to its queue. */
function redriven({ queue, message }: DeadLetter): OutboundMessage {
  const { headers, ...properties } = message.properties
  return {
    exchange: '',
    routingKey: queue,
    content: message.content,
    options: {
      ...properties,
      messageId: properties.messageId ?? randomUUID(),
      headers: withoutHistory(headers),
      persistent: true,
      mandatory: true,
    },
  }
}

/** What dead-lettering has added: a redriven message starts anew. */
function withoutHistory(headers: Record<string, unknown> = {}): Record<string, unknown> {
  const added =
    /^x-(death|first-death-.*|last-death-.*|dead-letter-reason|first-failed-at|attempts|delivery-count)$/
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !added.test(name)))
}
