import { parseArgs } from 'node:util'
import { formatted } from '../figures/table.ts'
import type { BatchTime } from './batches.ts'
import { capacityTable, soldOutTable, waitingTable } from './tables.ts'

const usage = `What a product costs that everybody orders at once, by the number of buckets that its stock is split in.

  npm run simulate:hot-product
  npm run simulate:hot-product -- --lock 1.10+0.0129 --consumer 2.77+0.0515 --round-trip 1

  --lock        milliseconds for which a batch locks its row: fixed + for each order in it
  --consumer    milliseconds for which a batch keeps its consumer; npm run measure:hot-row measures both
  --round-trip  milliseconds more for each round trip between function and database than where that was measured`

/** As `npm run measure:hot-row` found them on two cores, everything on one machine. */
const measured = { lock: '1.10+0.0129', consumer: '2.77+0.0515' }

/** Between zones and through a proxy: assumed, not measured. */
const roundTripMs = '1'

/** With the row locked: three statements, the outbox, the commit; for the consumer also the begin and the lock itself. */
const roundTrips = { lock: 5, consumer: 7 }

const maxBatch = 500
const sale = { stock: 10_000, orders: 5000 }

/** Everything that the simulation prints. */
export function report({ lock, consumer }: { lock: BatchTime; consumer: BatchTime }): string {
  const { stock, orders } = sale
  return `A batch locks its row for ${described(lock)}, and keeps its consumer for ${described(consumer)}.

${capacityTable(lock, consumer)}

Waiting from an order's arrival to the end of its batch, p50 and p99 in ms (orders in a batch), with one consumer for each
bucket and batches of up to ${maxBatch}; "grows" where more orders come than go through:

${waitingTable(consumer, maxBatch, 'orders')}

The same with each order in a transaction of its own and as many consumers as there is work for, so that the lock alone
limits (share of the time in which a row is locked):

${waitingTable(lock, 1, 'share')}

A sale of ${formatted(stock)} pieces to ${formatted(orders)} orders of 1 to 4 pieces, each order to a bucket by chance:

${soldOutTable(sale)}`
}

const described = ({ fixedMs, perOrderMs }: BatchTime) =>
  `${formatted(fixedMs, 2)} ms and ${formatted(perOrderMs, 4)} ms for each order`

/** Runs the command line and resolves to the exit code. */
export function main(args: string[], print: (line: string) => void): number {
  try {
    const options = {
      lock: { type: 'string', default: measured.lock },
      consumer: { type: 'string', default: measured.consumer },
      'round-trip': { type: 'string', default: roundTripMs },
    } as const
    const { values } = parseArgs({ args, options })
    const roundTrip = amount('round-trip', values['round-trip'])
    print(
      report({
        lock: batchTime('lock', values.lock, roundTrips.lock * roundTrip),
        consumer: batchTime('consumer', values.consumer, roundTrips.consumer * roundTrip),
      }),
    )
    return 0
  } catch (error) {
    print(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
}

function batchTime(name: string, text: string, moreMs: number): BatchTime {
  const [fixed, perOrder, ...others] = text.split('+')
  if (perOrder === undefined || others.length > 0) throw wrong(name, text)
  return { fixedMs: amount(name, fixed as string) + moreMs, perOrderMs: amount(name, perOrder) }
}

function amount(name: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= 0 && Number.isFinite(number)) return number
  throw wrong(name, text)
}

const wrong = (name: string, text: string) => new Error(`--${name} can't be "${text}".`)

if (import.meta.main) process.exitCode = main(process.argv.slice(2), (line) => console.log(line))
