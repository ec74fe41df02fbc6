import type { Idempotency } from '@stockroom/http/idempotency-key'
import { Problem } from '@stockroom/http/problem'
import { type HttpResponse, json } from '@stockroom/http/response'
import { noteOrder } from '@stockroom/runtime/invocation'
import { findRemembered } from './idempotency-store.ts'
import type { Order } from './order.ts'
import type { Placed } from './placement-store.ts'
import { refreshRecentOrders } from './recent-orders.ts'

const inProgress = new Set<string>()

/**
 * Responds to a request once for each idempotency key: a retry gets the first response again, and a request that is refused
 * leaves its key free.
 * @throws Problem `idempotency-key-in-progress` while the first request runs, `idempotency-key-reused` when the key came
 * with another body
 */
export async function respondOnce(
  idempotency: Idempotency | undefined,
  place: () => Promise<Placed>,
): Promise<HttpResponse> {
  if (!idempotency) return responseTo(await place())
  if (inProgress.has(idempotency.key)) {
    throw new Problem('idempotency-key-in-progress', 'Ask again when the first request has its response.')
  }
  inProgress.add(idempotency.key)
  try {
    return (await replay(idempotency)) ?? (await responseTo(await place(), idempotency))
  } finally {
    inProgress.delete(idempotency.key)
  }
}

/** Where another instance has used the key in the meantime, the response is its own. */
async function responseTo(placed: Placed, idempotency?: Idempotency): Promise<HttpResponse> {
  if (placed.outcome === 'placed') return accepted(placed.order)
  const earlier = idempotency && (await replay(idempotency))
  if (!earlier) throw new Problem('idempotency-key-in-progress', 'Ask again in a moment.')
  return earlier
}

async function replay({ key, fingerprint }: Idempotency): Promise<HttpResponse | undefined> {
  const remembered = await findRemembered(key)
  if (!remembered) return undefined
  if (remembered.fingerprint !== fingerprint) {
    throw new Problem('idempotency-key-reused', 'This idempotency key came with another body before.')
  }
  // Whoever placed it may have died before it was in its list; a settled one has been put there since.
  if (remembered.order.status === 'pending') await refreshRecentOrders([remembered.order])
  return accepted(asFirstShown(remembered.order), { 'idempotent-replayed': 'true' })
}

/** Whatever became of it since: the first response showed the order pending. */
const asFirstShown = (order: Order): Order => ({
  ...order,
  status: 'pending',
  reason: null,
  settledAt: null,
})

function accepted(order: Order, headers: Record<string, string> = {}): HttpResponse {
  noteOrder(order.id)
  return json(202, order, { location: `/orders/${order.id}`, ...headers })
}
