import type {
  EventOf,
  orderCancelled,
  orderCreated,
  stockReduced,
  stockRejected,
  stockReturned,
} from '@stockroom/messaging/events'
import { findPlacements, type Placement } from './order-store.ts'

/** An event that tells of one order. */
type OrderEvent = EventOf<
  | typeof orderCreated
  | typeof orderCancelled
  | typeof stockReduced
  | typeof stockRejected
  | typeof stockReturned
>

/** Messages that tell of an order, and those that don't tell of the order whose id they name, with the reason. */
export interface ComparedMessages<Message> {
  own: Message[]
  refused: { message: Message; reason: string }[]
}

/**
 * Compares messages with the orders as they were placed: after a restore of the database, or beside a fresh one, an id
 * is given out again while messages about the order that had it before still wait. This is the one door through which
 * products see orders.
 * @throws Unavailable when the database of the orders is away
 */
export async function compareWithOrders<Message extends OrderEvent>(
  messages: readonly Message[],
): Promise<ComparedMessages<Message>> {
  const placements = await findPlacements([...new Set(messages.map(({ body }) => body.orderId))])
  const orders = new Map(placements.map((order) => [order.id, order]))
  return compare(messages, orders)
}

/** The same with orders that have been read already. */
export function compare<Message extends OrderEvent>(
  messages: readonly Message[],
  orders: ReadonlyMap<number, Placement>,
): ComparedMessages<Message> {
  const compared: ComparedMessages<Message> = { own: [], refused: [] }
  for (const message of messages) {
    const reason = reasonAgainst(message, orders.get(message.body.orderId))
    if (reason) compared.refused.push({ message, reason })
    else compared.own.push(message)
  }
  return compared
}

/** Why a message doesn't tell of the order that has the id which it names, or undefined. */
function reasonAgainst({ name, body }: OrderEvent, order: Placement | undefined): string | undefined {
  if (!order) return `there is no order ${body.orderId}`
  const another = `order ${order.id} is another one:`
  if (body.productId !== order.productId)
    return `${another} of product ${order.productId}, not of ${body.productId}`
  const saysNothing = name === 'stock.rejected' || (name === 'stock.returned' && body.quantity === 0)
  if (!saysNothing && body.quantity !== order.quantity)
    return `${another} for ${order.quantity} pieces, not for ${body.quantity}`
  const ageMs = Date.parse(body.timestamp) - Date.parse(order.createdAt)
  const isTimely = name === 'order.created' ? ageMs === 0 : ageMs >= 0
  if (!isTimely) return `${another} it was placed at ${order.createdAt}`
  return name === 'order.cancelled' && !order.isCancelled ? `order ${order.id} is not cancelled` : undefined
}
