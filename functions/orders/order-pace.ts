import type { Order } from './order.ts'
import {
  countPendingByProduct,
  countSince,
  findNewestOrders,
  findOrderedProducts,
  type PendingOfProduct,
  type Recount,
  type SecondCounts,
} from './pace-store.ts'

/** What the orders do at this moment and did in the last five minutes. */
export interface OrderPace {
  /** Seconds of the last five minutes in which something happened, oldest first; the last one isn't over. */
  seconds: SecondCounts[]
  /** Of the orders that were settled in the last ten seconds, if any were. */
  settling: { p50Ms: number; p95Ms: number } | null
  pending: PendingOfProduct[]
  latest: (Order & { requestId: string | null })[]
  /** The products that were ordered last. */
  ordered: number[]
}

const latestOrders = 50
const orderedProducts = 8
const shownSeconds = 300
/** Nothing changes any more in a second that is so long over: no transaction of it is still open. */
const settledAfterSeconds = 10

/** The seconds that are over, by the seconds since 1970: nobody counts them again. */
const over = new Map<number, SecondCounts>()
let countedUntil = 0

/** Reads the pace of the orders; what it costs depends on how many there were lately, not on how many there are. */
export async function readOrderPace(): Promise<OrderPace> {
  const recount = await countSince(countedUntil)
  const seconds = [...over.values(), ...mergedSeconds(recount)]
  keep(recount)
  return {
    seconds: seconds.filter(({ second }) => second > recount.now - shownSeconds),
    settling: recount.settling,
    pending: await countPendingByProduct(),
    latest: await findNewestOrders(latestOrders),
    ordered: await findOrderedProducts(orderedProducts),
  }
}

function keep(recount: Recount): void {
  const end = recount.now - settledAfterSeconds
  for (const counts of mergedSeconds(recount)) if (counts.second < end) over.set(counts.second, counts)
  for (const second of over.keys()) if (second <= recount.now - shownSeconds) over.delete(second)
  countedUntil = Math.max(countedUntil, end)
}

/** What was accepted and what was settled in each second, oldest first. */
export function mergedSeconds({ accepted, settled, since }: Recount): SecondCounts[] {
  const seconds = new Map<number, SecondCounts>()
  const at = (second: number) => {
    const nothing = { second, accepted: 0, confirmed: 0, rejected: 0, p50Ms: null, p95Ms: null }
    return seconds.get(second) ?? nothing
  }
  for (const { second, count } of accepted ?? []) seconds.set(second, { ...at(second), accepted: count })
  for (const counts of settled ?? []) seconds.set(counts.second, { ...at(counts.second), ...counts })
  return [...seconds.values()]
    .filter(({ second }) => second >= since)
    .sort((one, other) => one.second - other.second)
}
