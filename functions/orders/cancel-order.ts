import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { noteOrder } from '@stockroom/runtime/invocation'
import { cancelOrder } from './cancellation.ts'
import { orderRoutes } from './order-routes.ts'

export const handler = endpoint(orderRoutes.cancelOrder, async ({ path: { id }, requestId, traceparent }) => {
  noteOrder(id)
  const order = await cancelOrder({ orderId: id, requestId, traceparent })
  if (!order) throw new Problem('order-not-found', `There is no order ${id}.`)
  if (order.status === 'rejected')
    throw new Problem('order-rejected', `Order ${id} is rejected: it holds no stock.`)

  return json(200, order)
})
