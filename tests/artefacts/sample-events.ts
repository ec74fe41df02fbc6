import type { RouteTable } from '@stockroom/http/route'
import { queues } from '@stockroom/messaging/topology'
import { allRoutes } from '../../functions/operations/all-routes.ts'
import type { Order } from '../../functions/orders/order.ts'
import { apiEvent } from '../support/api-event.ts'
import { serverlessFile } from '../support/cloudformation/serverless-file.ts'
import { exampleRequest } from '../support/example-request.ts'
import { rmqEvent } from '../support/rmq-event.ts'
import type { DeployedShop } from './deployed-shop.ts'

type Definition = (typeof serverlessFile.functions)[string]

const routes: RouteTable['routes'] = Object.assign({}, ...allRoutes.map(({ routes }) => routes))

/** What no contract has an example of, and what would take away the product and the order that the others need. */
const others: Record<string, object> = {
  deleteProduct: apiEvent({ path: { id: '999' } }),
  cancelOrder: apiEvent({ path: { id: '999' } }),
  authorizeAdmin: { identitySource: ['first-key'] },
  handleDeadLetters: { args: ['list'] },
  answerUnknownRoute: apiEvent(),
}

/** Migrates an empty shop and puts the product 1 and the order 1 into it; resolves to an event for each function. */
export async function prepareSamples(shop: DeployedShop): Promise<Record<string, object>> {
  await shop.invoke('migrate', {})
  await shop.invoke('createProduct', eventOfRoute('createProduct'))
  const order = await shop.request('createOrder', exampleRequest(routeOf('createOrder')))
  return Object.fromEntries(
    Object.entries(serverlessFile.functions).map(([name, definition]) => [
      name,
      others[name] ?? eventOf(name, definition, order.body as Order),
    ]),
  )
}

/** An event that makes a function do its usual work, as its contract or its queue shows it; other functions want none. */
function eventOf(name: string, { events: [source = {}] = [] }: Definition, order: Order): object {
  if (source.httpApi) return eventOfRoute(name)
  if (source.rabbitmq) return eventOfQueue((source.rabbitmq as { queue: keyof typeof queues }).queue, order)
  return {}
}

const eventOfRoute = (name: string) => apiEvent(exampleRequest(routeOf(name)))

function routeOf(name: string) {
  const route = routes[name]
  if (!route) throw new Error(`No table of routes has ${name}, which serverless.yml names`)
  return route
}

/** The examples of events are about an order of the same quantity. */
function eventOfQueue(queue: keyof typeof queues, { productId, createdAt: timestamp }: Order) {
  const [{ name: type, schema }] = queues[queue] as [(typeof queues)[typeof queue][number]]
  const [example] = (schema as { examples?: object[] }).examples ?? []
  return rmqEvent({ queue, messages: [{ type, body: { ...example, productId, timestamp } }] })
}
