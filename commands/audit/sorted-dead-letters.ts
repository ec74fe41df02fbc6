import { query } from '@stockroom/database/query'
import { printable } from '@stockroom/messaging/foreign-text'
import type { QueueInspection } from '@stockroom/messaging/queue-inspection'

/** Dead letters by what there is to do about them. */
export interface SortedDeadLetters {
  /** Their orders are settled, or cancelled and hold no stock: nothing was lost. */
  harmless: number
  /** Their orders are pending, or cancelled with their stock on its way back; the shop announces them again by itself. */
  pending: number
  /** No order is known for them, or another one has its id by now; each with its queue, id and reason. */
  forAPerson: string[]
}

interface PlacedOrder {
  id: number
  isOpen: boolean
  productId: number
  quantity: number
  createdAt: string
}

/** Tells dead letters whose order has settled from those that somebody has to look at. */
export async function sortDeadLetters(letters: QueueInspection['deadLetters']): Promise<SortedDeadLetters> {
  const bodies = letters.map(({ body }) => membersOf(body))
  const orders = await placedOrders(bodies.map(({ orderId }) => orderId))
  const sorted: SortedDeadLetters = { harmless: 0, pending: 0, forAPerson: [] }
  for (const [index, { queue, messageId, reason }] of letters.entries()) {
    const body = bodies[index] as Members
    const order = orders.get(body.orderId)
    if (!order || isAboutAnother(order, body))
      sorted.forAPerson.push(printable(`${queue}  ${messageId}  ${reason}`))
    else if (order.isOpen) sorted.pending += 1
    else sorted.harmless += 1
  }
  return sorted
}

async function placedOrders(ids: unknown[]): Promise<Map<unknown, PlacedOrder>> {
  const rows = await query<PlacedOrder>(
    'orders',
    `select id, product_id as "productId", quantity, created_at as "createdAt",
            status = 'pending' or (status = 'cancelled' and stock_returned_at is null) as "isOpen"
       from orders.orders where id = any(?)`,
    [ids.filter(Number.isSafeInteger)],
  )
  return new Map(rows.map((order) => [order.id, order]))
}

/** Whether a letter speaks of an order that had the id before this one; a member of the wrong type says nothing. */
function isAboutAnother(order: PlacedOrder, { productId, quantity, timestamp }: Members): boolean {
  const differs = (said: unknown, placed: number) => typeof said === 'number' && said !== placed
  return (
    differs(productId, order.productId) ||
    differs(quantity, order.quantity) ||
    (typeof timestamp === 'string' && Date.parse(timestamp) < Date.parse(order.createdAt))
  )
}

/** The members of a body that might be anything. */
type Members = Record<string, unknown>

function membersOf(body: string): Members {
  try {
    return Object(JSON.parse(body))
  } catch {
    return {}
  }
}
