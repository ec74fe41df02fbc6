import { printable, someOf } from '@stockroom/messaging/foreign-text'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'
import { shortIds } from './dead-letter-ids.ts'
import type { DeadLetterRequest } from './dead-letter-request.ts'
import type { Redriven } from './redriving.ts'

/** What a command has done. */
export interface Outcome {
  command: DeadLetterRequest['command']
  /** A sentence for each id that names no letter, or several. */
  problems: string[]
  /** The letters that it was about, and what could not be published again of each. */
  done: Redriven[]
  /** Those that should have gone and are still there. */
  stayed: DeadLetter[]
}

/** The outcome for a person, in lines that do nothing to a terminal, whatever a letter holds. */
export function reportLines({ command, problems, done, stayed }: Outcome): string[] {
  const hasDoneNothing = done.length + stayed.length === 0 && command !== 'list'
  return [...problems, ...(hasDoneNothing ? [] : stories[command](done, stayed))]
}

const stories: Record<Outcome['command'], (done: Redriven[], stayed: DeadLetter[]) => string[]> = {
  list: (done) => [...listing(done), counted(done, 'dead letter', 'dead letters')],
  show: (done) =>
    done.flatMap(({ letter: { queue, message, body } }) => {
      const story = JSON.stringify({ queue, properties: message.properties }, undefined, 2)
      return [story.split('\n').map(printedLine).join('\n'), printedLine(body)]
    }),
  redrive: (done, stayed) => [
    counted(done, 'message went back to its queue', 'messages went back to their queues'),
    ...done
      .filter(({ left }) => left.length > 0)
      .map(({ letter, left }) => row(letter.queue, letter.messageId, `without ${someOf(left)}`)),
    ...(stayed.length > 0 ? [stayedLine(stayed)] : []),
    ...stayed.map(({ queue, messageId }) => row(queue, messageId)),
  ],
  discard: (done) => [counted(done, 'message discarded', 'messages discarded')],
}

const counted = ({ length }: readonly unknown[], one: string, many: string) =>
  `${length} ${length === 1 ? one : many}`

const stayedLine = (stayed: DeadLetter[]) =>
  counted(
    stayed,
    'message stays where it was: its queue did not take it.',
    'messages stay where they were: their queues did not take them.',
  )

const printedLine = (line: string): string => printable(line)

/** One line, whatever somebody else has written into its columns. */
const row = (...columns: string[]): string => columns.map(printedLine).join('  ')

/** Columns are as wide as their widest cell up to this; a longer one, of somebody else, moves its own line alone. */
const widestColumn = 40

function listing(done: readonly Redriven[]): string[] {
  if (done.length === 0) return []
  const letters = done.map(({ letter }) => letter)
  const idOf = shortIds(letters)
  const rows = letters.map((letter) => [
    letter.queue,
    idOf(letter),
    printedLine(letter.type),
    printedLine(letter.firstFailedAt ?? '-'),
    printedLine(letter.reason),
  ])
  const table = [['queue', 'id', 'type', 'first failed', 'reason'], ...rows]
  const last = 4
  const widths = [0, 1, 2, 3].map((column) =>
    table.reduce((width, cells) => Math.max(width, Math.min(cells[column]?.length ?? 0, widestColumn)), 0),
  )
  return table.map((cells) =>
    cells.map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
  )
}

/** The outcome as one JSON document, with whole ids and in characters that do nothing to a terminal. */
export function jsonReport({ command, problems, done, stayed }: Outcome): string {
  const address = ({ queue, messageId }: DeadLetter) => ({ queue, messageId })
  const documents: Record<Outcome['command'], () => object> = {
    list: () => ({ letters: done.map(({ letter }) => facts(letter)) }),
    show: () => ({
      letters: done.map(({ letter }) => ({
        ...facts(letter),
        properties: letter.message.properties,
        body: letter.body,
      })),
    }),
    redrive: () => ({
      redriven: done.map(({ letter, left }) => ({ ...address(letter), without: left })),
      stayed: stayed.map(address),
    }),
    discard: () => ({ discarded: done.map(({ letter }) => address(letter)) }),
  }
  return escaped(JSON.stringify({ problems, ...documents[command]() }, undefined, 2))
}

const facts = ({ queue, messageId, type, reason, firstFailedAt, attempts }: DeadLetter) => ({
  queue,
  messageId,
  type,
  reason,
  firstFailedAt,
  attempts,
})

/** JSON without characters that move a cursor or turn the direction of writing; they only stand in its strings. */
function escaped(json: string): string {
  const codeUnits = (text: string) =>
    Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  return json.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (text) =>
    codeUnits(text)
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
