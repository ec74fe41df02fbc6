import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { noteOrder } from '@stockroom/runtime/invocation'
import { orderRoutes } from './order-routes.ts'
import { findOrder } from './order-store.ts'

export const handler = endpoint(orderRoutes.getOrder, async ({ path: { id } }) => {
  noteOrder(id)
  const order = await findOrder(id)
  if (!order) throw new Problem('order-not-found', `There is no order ${id}.`)

  return json(200, order)
})
