import { parseArgs } from 'node:util'
import { formatted } from '../figures/table.ts'
import type { BatchTime } from './batches.ts'
import { capacityTable, soldOutTable, waitingTable } from './tables.ts'

const usage = `What a product costs that everybody orders at once, by the number of buckets that its stock is split in.

  npm run simulate:hot-product
  npm run simulate:hot-product -- --lock 1.18+0.0102 --consumer 5.35+0.1127 --cpu 1.75+0.0269 --memory 1769

  --lock        milliseconds for which a batch locks its row: fixed + for each order in it
  --consumer    milliseconds for which a batch keeps a consumer that has a whole core
  --cpu         milliseconds of it in which the consumer computes; npm run measure:hot-row measures all three
  --memory      megabytes of the consumer's function, which decide its share of a core
  --round-trip  milliseconds more for each round trip between the function and a service than where that was measured
  --poller      milliseconds between two batches in which the poller acknowledges one and hands over the next
  --window      milliseconds that a batch is collected for, from its first order on, unless it is full before`

/** As `npm run measure:hot-row` found them on two cores, everything on one machine. */
const measured = { lock: '1.18+0.0102', consumer: '5.35+0.1127', cpu: '1.75+0.0269' }

/** What serverless.yml gives to the consumers. */
const memory = '1769'

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html; a batch is one thread's work. */
const megabytesOfOneCore = 1769

/** Between zones and through a proxy: assumed, not measured. */
const roundTripMs = '1'

/**
 * With the row locked: what is written, together with the commit. For the consumer also the comparison with the orders,
 * the begin together with the lock, and in the end the broker and the cache at once.
 */
const roundTrips = { lock: 1, consumer: 4 }

/** What Lambda does between two batches: assumed, as AWS doesn't say. */
const pollerMs = '20'

/** AWS's default; osls can't deploy 0. */
const windowMs = '500'

const maxBatch = 500
const sale = { stock: 10_000, orders: 5000 }

interface Times {
  lock: BatchTime
  consumer: BatchTime
  windowMs: number
}

/** Everything that the simulation prints. */
export function report({ lock, consumer, windowMs }: Times): string {
  const { stock, orders } = sale
  return `A batch locks its row for ${described(lock)}, and keeps its consumer for ${described(consumer)}.

${capacityTable(lock, consumer)}

Waiting from an order's arrival to the end of its batch, p50 and p99 in ms (orders in a batch), with one consumer for each
bucket, batches of up to ${maxBatch} and a window of ${formatted(windowMs)} ms; "grows" where more orders come than go through:

${waitingTable(consumer, { maxBatch, windowMs }, 'orders')}

The same with each order in a transaction of its own and as many consumers as there is work for, so that the lock alone
limits (share of the time in which a row is locked):

${waitingTable(lock, { maxBatch: 1, windowMs: 0 }, 'share')}

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
      cpu: { type: 'string', default: measured.cpu },
      memory: { type: 'string', default: memory },
      'round-trip': { type: 'string', default: roundTripMs },
      poller: { type: 'string', default: pollerMs },
      window: { type: 'string', default: windowMs },
    } as const
    const { values } = parseArgs({ args, options })
    print(report(timesOf(values)))
    return 0
  } catch (error) {
    print(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
}

type Values = Record<'lock' | 'consumer' | 'cpu' | 'memory' | 'round-trip' | 'poller' | 'window', string>

/** With less than a core, whatever a consumer computes takes longer. */
function timesOf(values: Values): Times {
  const roundTrip = amount('round-trip', values['round-trip'])
  const megabytes = amount('memory', values.memory)
  if (megabytes === 0) throw wrong('memory', values.memory)
  const share = Math.min(1, megabytes / megabytesOfOneCore)
  const [held, busy, cpu] = (['lock', 'consumer', 'cpu'] as const).map((name) =>
    batchTime(name, values[name]),
  ) as [BatchTime, BatchTime, BatchTime]
  const longer = 1 / share - 1
  const consumerMoreMs = roundTrips.consumer * roundTrip + amount('poller', values.poller)
  return {
    lock: { ...held, fixedMs: held.fixedMs + roundTrips.lock * roundTrip },
    consumer: {
      fixedMs: busy.fixedMs + cpu.fixedMs * longer + consumerMoreMs,
      perOrderMs: busy.perOrderMs + cpu.perOrderMs * longer,
    },
    windowMs: amount('window', values.window),
  }
}

function batchTime(name: string, text: string): BatchTime {
  const [fixed, perOrder, ...others] = text.split('+')
  if (perOrder === undefined || others.length > 0) throw wrong(name, text)
  return { fixedMs: amount(name, fixed as string), perOrderMs: amount(name, perOrder) }
}

function amount(name: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= 0 && Number.isFinite(number)) return number
  throw wrong(name, text)
}

const wrong = (name: string, text: string) => new Error(`--${name} can't be "${text}".`)

if (import.meta.main) process.exitCode = main(process.argv.slice(2), (line) => console.log(line))
