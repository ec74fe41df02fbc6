import { parseArgs } from 'node:util'
import { sourceQueues } from '@stockroom/messaging/read-dead-letters'

/** How the command explains itself. */
export const usage = `Looks after the messages that no consumer could handle.

  npm run dead-letters -- list                 one line each
  npm run dead-letters -- show ID…             those with their headers and bodies
  npm run dead-letters -- redrive ID… | --all  back into the queue that they came from
  npm run dead-letters -- discard ID… | --all  away for good
  npm run dead-letters -- --help               this page

  --queue NAME   only those of one queue: ${sourceQueues.join(' or ')}
  --json         for a program: whole ids, and what became of each letter, or {"error": "…"}

An ID may be shortened, as list does it, to its first four characters or more, as long as no other id begins so.
They are those of the RabbitMQ that RABBITMQ_URL names, in the environment or in .env, else of the embedded shop that
runs with STOCKROOM_DATA_DIR.

Exit codes: 0 done, 1 nothing was there or something failed, 2 the command was not understood.`

/** A command that wasn't understood. */
export class UsageError extends Error {}

const commands = ['list', 'show', 'redrive', 'discard'] as const

/** What shall be done, with which messages. */
export interface DeadLetterRequest {
  command: (typeof commands)[number]
  ids: Set<string>
  all: boolean
  queues: string[]
  json: boolean
}

/** @throws UsageError for a command line that can't be understood */
export function parse(args: string[]): DeadLetterRequest | 'help' {
  const { values, positionals } = readArguments(args)
  if (values.help) return 'help'
  const [name, ...ids] = positionals
  const command = commands.find((one) => one === name)
  const queues = values.queue === undefined ? sourceQueues : [values.queue]
  const { all = false, json = false } = values
  if (!command) throw new UsageError(name ? `There is no command ${name}.` : 'Say what to do.')
  if (queues.some((queue) => !sourceQueues.includes(queue)))
    throw new UsageError(`There is no queue ${values.queue}.`)
  const namesLetters = all !== ids.length > 0
  if (command !== 'list' && !namesLetters)
    throw new UsageError(`${command} wants the ids of messages, or --all.`)
  return { command, ids: new Set(ids), all: all || command === 'list', queues, json }
}

function readArguments(args: string[]) {
  try {
    const boolean = { type: 'boolean' } as const
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        all: boolean,
        json: boolean,
        help: { ...boolean, short: 'h' },
        queue: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
