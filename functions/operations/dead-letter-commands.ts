import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type DeadLetter, sourceQueues, takeDeadLetters } from '@stockroom/messaging/dead-letters'
import { type OutboundMessage, publish } from '@stockroom/messaging/publisher'
import { deadLetterQueue } from '@stockroom/messaging/topology'
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

/** Deals with the chosen letters and resolves to those that shall be taken out of their dead-letter queues. */
type Command = (letters: DeadLetter[], print: (line: string) => void) => Promise<DeadLetter[]>

const commands: Record<string, Command> = {
  async list(letters, print) {
    for (const { queue, messageId, type, reason, firstFailedAt } of letters) {
      print(`${queue}  ${messageId}  ${type}  ${firstFailedAt ?? '-'}  ${reason}`)
    }
    print(`${letters.length} dead letters`)
    return []
  },
  async show(letters, print) {
    for (const { queue, message, body } of letters) {
      print(JSON.stringify({ queue, properties: message.properties }, undefined, 2))
      print(body)
    }
    return []
  },
  async redrive(letters, print) {
    const taken = await publish(letters.map(redriven))
    const gone = letters.filter((_, index) => taken[index])
    print(`${gone.length} messages went back to their queues`)
    return gone
  },
  async discard(letters, print) {
    print(`${letters.length} messages discarded`)
    return letters
  },
}

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
    return await runOn(channel, request, print)
  } catch (error) {
    await closeQuietly(channel)
    throw error
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
  print: (line: string) => void,
): Promise<number> {
  const letters: DeadLetter[] = []
  for (const queue of queues) letters.push(...(await takeDeadLetters(channel, queue)))
  const chosen = letters.filter(({ messageId }) => all || ids.has(messageId))
  const missing = [...ids].filter((id) => !chosen.some(({ messageId }) => messageId === id))
  for (const id of missing) print(`There is no dead letter ${id}.`)
  const gone = chosen.length > 0 || command === 'list' ? await commands[command]?.(chosen, print) : []
  await takeAway(channel, gone ?? [], letters)
  await channel.close()
  const stayed = command === 'redrive' ? chosen.length - (gone?.length ?? 0) : 0
  if (stayed > 0) print(`${stayed} stay where they were: their queues did not take them.`)
  return missing.length > 0 || stayed > 0 || (chosen.length === 0 && command !== 'list') ? 1 : 0
}

/**
 * Takes the chosen letters out of their queues and leaves the others there: whichever are fewer are settled one by one.
 * RabbitMQ puts many single settlements off, and forgets those that it has put off when the channel closes, so a few go
 * at a time, each few with a round trip behind them.
 */
async function takeAway(channel: ConfirmChannel, chosen: DeadLetter[], letters: DeadLetter[]): Promise<void> {
  if (chosen.length === 0) return
  const others = letters.filter((letter) => !chosen.includes(letter))
  if (others.length < chosen.length) {
    await settle(channel, others, ({ message }) => channel.reject(message, true))
    channel.ackAll()
  } else {
    await settle(channel, chosen, ({ message }) => channel.ack(message))
  }
}

const settledAtOnce = 16

async function settle(
  channel: ConfirmChannel,
  letters: DeadLetter[],
  settleOne: (letter: DeadLetter) => void,
): Promise<void> {
  for (let from = 0; from < letters.length; from += settledAtOnce) {
    const few = letters.slice(from, from + settledAtOnce)
    for (const letter of few) settleOne(letter)
    await channel.checkQueue(deadLetterQueue((few[0] as DeadLetter).queue))
  }
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
