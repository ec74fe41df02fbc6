import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { pathId } from '@stockroom/http/path'
import { Problem } from '@stockroom/http/problem'
import { json } from '@stockroom/http/response'
import { noteOrder } from '@stockroom/runtime/invocation'
import { findOrder } from './order-store.ts'

export const handler = endpoint(async ({ path, headers }) => {
  const id = pathId(path.id, 'order-not-found')
  noteOrder(id)
  const order = await findOrder(id)
  if (!order) throw new Problem('order-not-found', `There is no order ${id}.`)

  return conditional(headers, json(200, order))
})
