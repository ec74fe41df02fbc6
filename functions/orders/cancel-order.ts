import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { noteOrder } from '@stockroom/runtime/invocation'
import { cancelOrder } from './cancellation.ts'

export const handler = endpoint(async ({ path, requestId, traceparent }) => {
  const id = pathId(path.id, 'order-not-found')
  noteOrder(id)
  const order = await cancelOrder({ orderId: id, requestId, traceparent })
  if (!order) throw new Problem('order-not-found', `There is no order ${id}.`)
  if (order.status === 'rejected')
    throw new Problem('order-rejected', `Order ${id} is rejected: it holds no stock.`)

  return json(200, order)
})
