import { query } from '@stockroom/database/query'
import { printable } from '@stockroom/messaging/foreign-text'
import type { QueueInspection } from '@stockroom/messaging/queue-inspection'

/** Dead letters by what there is to do about them. */
export interface DeadLetterBook {
  /** Their orders are settled: nothing was lost. */
  harmless: number
  /** Their orders are pending, and are announced again by the shop itself. */
  pending: number
  /** No order is known for them; each with its queue, id and reason. */
  forAPerson: string[]
}

/** Tells dead letters whose order has settled from those that somebody has to look at. */
export async function sortDeadLetters(letters: QueueInspection['deadLetters']): Promise<DeadLetterBook> {
  const statuses = await orderStatuses(letters.flatMap(({ body }) => orderIdOf(body) ?? []))
  const book: DeadLetterBook = { harmless: 0, pending: 0, forAPerson: [] }
  for (const { queue, messageId, reason, body } of letters) {
    const status = statuses.get(orderIdOf(body) ?? 0)
    if (!status) book.forAPerson.push(printable(`${queue}  ${messageId}  ${reason}`))
    else if (status === 'pending') book.pending += 1
    else book.harmless += 1
  }
  return book
}

async function orderStatuses(ids: number[]): Promise<Map<number, string>> {
  const rows = await query<{ id: number; status: string }>(
    'orders',
    'select id, status from orders.orders where id = any(?)',
    [ids],
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}

function orderIdOf(body: string): number | undefined {
  try {
    const { orderId } = JSON.parse(body)
    return Number.isSafeInteger(orderId) ? orderId : undefined
  } catch {
    return undefined
  }
}
