import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openChannel } from '@stockroom/messaging/broker-connection'
import {
  type DeadLetter,
  removeDeadLetters,
  sourceQueues,
  takeDeadLetters,
} from '@stockroom/messaging/dead-letters'
import { type OutboundMessage, publish } from '@stockroom/messaging/publisher'
import { ConfigurationError } from '@stockroom/runtime/configuration'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { ConfirmChannel } from 'amqplib'
import { loadEnvironment } from './environment-file.ts'
import { requireServices } from './reachability.ts'

const usage = `Looks after the messages that no consumer could handle.

  npm run dead-letters -- list                 one line each
  npm run dead-letters -- show ID              one with its headers and body
  npm run dead-letters -- redrive ID… | --all  back into the queue that it came from
  npm run dead-letters -- discard ID… | --all  away for good

  --queue NAME   only those of one queue: ${sourceQueues.join(' or ')}

Exit codes: 0 done, 1 nothing was there or something failed, 2 the command was not understood.`

/** A command that wasn't understood. */
class UsageError extends Error {}

interface Request {
  command: string
  ids: Set<string>
  all: boolean
  queues: string[]
}

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

function parse(args: string[]): Request {
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

async function requireBroker(): Promise<void> {
  if (!process.env.RABBITMQ_URL) {
    throw new ConfigurationError(
      'RABBITMQ_URL is not set; the broker in process keeps its dead letters while its shop runs, and nobody else can reach them.',
    )
  }
  await requireServices({ RABBITMQ_URL: process.env.RABBITMQ_URL })
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

async function run({ command, ids, all, queues }: Request, channel: ConfirmChannel, print: Print) {
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

if (import.meta.main)
  process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`))
