import { formatted, table } from '../figures/table.ts'
import { type BatchTime, capacity, takesMs, type Waiting, waitForBatch } from './batches.ts'
import { below, seededRandom } from './random.ts'
import { type Routing, sell } from './sold-out.ts'

const seed = 20261125

const rates = [1000, 5000, 10_000, 20_000, 50_000, 100_000]
const bucketCounts = [1, 2, 4, 8, 16, 32, 64, 128]
const ordersPerCell = 40_000

/** What a row and its consumer can take by the size of the batches: why the shop decides in batches, and where that ends. */
export function capacityTable(lock: BatchTime, consumer: BatchTime): string {
  const sizes = [1, 2, 5, 10, 50, 100, 500]
  return table(
    [
      { title: 'orders in a batch', align: 'right' },
      { title: 'row locked, ms', align: 'right' },
      { title: 'orders/s of one row', align: 'right' },
      { title: 'consumer busy, ms', align: 'right' },
      { title: 'orders/s of one consumer', align: 'right' },
    ],
    sizes.map((size) => [
      formatted(size),
      formatted(takesMs(lock, size), 2),
      formatted(Math.floor(capacity(lock, size))),
      formatted(takesMs(consumer, size), 2),
      formatted(Math.floor(capacity(consumer, size))),
    ]),
  )
}

/** What stands in brackets behind the waits. */
const details = {
  orders: ({ meanBatch }: Waiting) => formatted(meanBatch, meanBatch < 10 ? 1 : 0),
  share: ({ utilisation }: Waiting) => `${formatted(100 * utilisation)} %`,
}

/**
 * How long an order waits, by the rate of orders for one product and the number of buckets of its stock.
 *
 * @param detail the orders in a batch, or the share of the time in which one is under way
 */
export function waitingTable(
  time: BatchTime,
  { maxBatch, windowMs }: { maxBatch: number; windowMs: number },
  detail: keyof typeof details,
): string {
  return table(
    [
      { title: 'buckets', align: 'right' },
      ...rates.map((rate) => ({ title: `${formatted(rate)}/s`, align: 'right' as const })),
    ],
    bucketCounts.map((buckets) => [
      formatted(buckets),
      ...rates.map((rate) => {
        const load = { perSecond: rate / buckets, time, maxBatch, windowMs, orders: ordersPerCell }
        const waiting = waitForBatch(load, seededRandom(seed))
        if (!waiting) return 'grows'
        return `${formatted(waiting.p50Ms, 1)}, ${formatted(waiting.p99Ms, 1)} (${details[detail](waiting)})`
      }),
    ]),
  )
}

/** The routings that are compared, from the simplest on. */
export const routings: Routing[] = [
  { name: 'its own bucket', furtherBuckets: 0, mergesOnShortage: false },
  { name: 'its own and the next', furtherBuckets: 1, mergesOnShortage: false },
  { name: 'all in turn', furtherBuckets: Infinity, mergesOnShortage: false },
  { name: 'its own, all merged once it falls short', furtherBuckets: 0, mergesOnShortage: true },
]

/** What splitting costs at the end of a sale: refusals that one row would not have made. */
export function soldOutTable({ stock, orders }: { stock: number; orders: number }): string {
  const quantities = quantitiesOf(orders)
  return table(
    [
      { title: 'buckets', align: 'right' },
      { title: 'an order asks' },
      { title: 'sold', align: 'right' },
      { title: 'left', align: 'right' },
      { title: 'wrongly refused', align: 'right' },
      { title: 'left at the first', align: 'right' },
      { title: 'buckets asked', align: 'right' },
      { title: 'sold from one row', align: 'right' },
    ],
    [1, 8, 32, 128].flatMap((buckets) =>
      routings.slice(0, buckets === 1 ? 1 : undefined).map((routing) => {
        const result = sell({ stock, buckets, quantities, routing }, seededRandom(seed))
        return [
          formatted(buckets),
          routing.name,
          formatted(result.sold),
          formatted(result.left),
          formatted(result.wronglyRefused),
          result.leftAtFirstWrongRefusal === undefined ? '–' : formatted(result.leftAtFirstWrongRefusal),
          formatted(result.asked, 2),
          formatted(result.soldFromOneRow),
        ]
      }),
    ),
  )
}

/** One to four pieces, as often each. */
export function quantitiesOf(orders: number): number[] {
  const random = seededRandom(seed + 1)
  return Array.from({ length: orders }, () => 1 + below(4, random))
}
