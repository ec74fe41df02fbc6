import { groupCommit } from '@stockroom/database/group-commit'
import type { Transaction } from '@stockroom/database/query'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { orderCreated } from '@stockroom/messaging/events'
import { commitSizes } from '@stockroom/telemetry/shop-metrics'
import type { Idempotency } from './idempotency.ts'
import { rememberOrders, takeKeys } from './idempotency-store.ts'
import type { Order } from './order.ts'
import { insertOrders, type OrderDraft } from './order-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

/** An order that shall be placed, once for each idempotency key. */
export interface OrderRequest {
  draft: OrderDraft
  /** The place in a trace that its event belongs under. */
  traceparent?: string
  idempotency: Idempotency | undefined
}

/** An order in the database; its event is on its way. */
export interface PlacedOrder {
  order: Order
  /** Waits until the lists of orders show it, and on Lambda a moment for the broker to take over the event; never rejects. */
  announced: Promise<void>
}

type Placement = PlacedOrder | 'key-locked' | undefined

const together = groupCommit(placing({ patienceMs: 50 }), { maxSize: 500 })
/** Orders whose key somebody else is just taking wait here, where they hold nobody up who has nothing to do with it. */
const apart = groupCommit(placing({ patienceMs: 700 }), { maxSize: 500, leastLeftMs: 1000 })

const lockedKeys = new Set<string>()
const suspectMs = 10_000

/**
 * Stores an order and its event in one commit, shared with the orders that arrive at the same time. Resolves to
 * undefined, having stored nothing, when its idempotency key belongs to another order, or somebody is just taking it.
 * @throws Unavailable when the database is away: nothing is stored then
 * @throws OutcomeUnknown when the database goes away during the commit
 */
export async function placeOrder(request: OrderRequest): Promise<PlacedOrder | undefined> {
  const key = request.idempotency?.key
  if (key === undefined || !lockedKeys.has(key)) {
    const placed = await together(request)
    if (placed !== 'key-locked') return placed
  }
  const placed = await apart(request)
  return placed === 'key-locked' ? undefined : placed
}

function placing({ patienceMs }: { patienceMs: number }) {
  return async (requests: readonly OrderRequest[]): Promise<Placement[]> => {
    commitSizes.of().observe(requests.length)
    const { result, announced } = await commitAndAnnounce('orders', async (trx, tell) => {
      const { orders, locked } = await insertOnce(trx, requests, patienceMs)
      for (const [{ draft, traceparent }, order] of orders) {
        tell(orderCreatedEvent(order), draft.requestId, traceparent)
      }
      return { orders, locked }
    })
    const { orders, locked } = result
    // The next commit doesn't wait for the cache.
    const refreshed = refreshRecentOrders([...orders.values()])
    const told = Promise.all([refreshed, announced]).then(() => {})
    return requests.map((request) => {
      const order = orders.get(request)
      if (order) return { order, announced: told }
      return locked.has(request.idempotency?.key as string) ? 'key-locked' : undefined
    })
  }
}

/** Inserts the orders whose idempotency key is free, or that have none. */
async function insertOnce(
  trx: Transaction,
  requests: readonly OrderRequest[],
  patienceMs: number,
): Promise<{ orders: Map<OrderRequest, Order>; locked: Set<string> }> {
  const wanted = requests.flatMap(({ idempotency }) => idempotency ?? [])
  const { taken, locked } = await takeKeys(trx, wanted, patienceMs)
  for (const key of locked) suspect(key)
  const admitted = requests.filter(({ idempotency }) => !idempotency || taken.has(idempotency.key))
  const inserted = await insertOrders(
    trx,
    admitted.map(({ draft }) => draft),
  )
  const orders = new Map(admitted.map((request, index) => [request, inserted[index] as Order]))
  await rememberOrders(
    trx,
    [...orders].flatMap(([{ idempotency }, { id }]) =>
      idempotency ? { key: idempotency.key, orderId: id } : [],
    ),
  )
  return { orders, locked }
}

function suspect(key: string): void {
  lockedKeys.add(key)
  setTimeout(() => lockedKeys.delete(key), suspectMs).unref()
}

/** The event that tells of an order; it is told again while the order stays pending. */
export const orderCreatedEvent = ({ id, productId, quantity, totalPrice, createdAt }: Order) =>
  orderCreated.of({ orderId: id, productId, quantity, totalPrice, timestamp: createdAt })
