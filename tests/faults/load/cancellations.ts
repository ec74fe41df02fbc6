import { setTimeout as pause } from 'node:timers/promises'
import { send } from './client.ts'
import type { OrderBook } from './order-book.ts'

const retryMs = 250
/** One in so many orders is cancelled: every other one of them at once, the others when they may be settled. */
const share = 3
const laterMs = 400

/** What became of cancellations. */
export interface Cancellations {
  /** The orders that were answered to be cancelled. */
  cancelled: Set<number>
  /** How many were refused, because the order was rejected. */
  refused: number
}

/**
 * Customers change their mind, while a load runs. Whoever gets no answer, or a 5xx, asks again. The function that it
 * returns ends that, and resolves when every cancellation has its answer.
 */
export function cancelOrders(book: OrderBook, shopUrl: string): () => Promise<Cancellations> {
  const outcome: Cancellations = { cancelled: new Set(), refused: 0 }
  const begun: Promise<void>[] = []
  let seen = 0
  const cancel = async (orderId: number, afterMs: number) => {
    const url = `${shopUrl}/orders/${orderId}/cancellation`
    for (await pause(afterMs); ; await pause(retryMs)) {
      const answer = await send('POST', url).catch(() => undefined)
      if (answer?.status === 200) outcome.cancelled.add(orderId)
      if (answer?.status === 409) outcome.refused += 1
      if (answer && answer.status < 500) return
    }
  }
  book.onAccepted = (orderId) => {
    if (seen++ % share === 0) begun.push(cancel(orderId, begun.length % 2 === 0 ? 0 : laterMs))
  }
  return async () => {
    book.onAccepted = () => {}
    await Promise.all(begun)
    return outcome
  }
}
