import { apiEvent } from '../support/api-event.ts'
import { rmqEvent } from '../support/rmq-event.ts'
import type { DeployedShop } from './deployed-shop.ts'

const poster = { json: { name: 'Poster', price: 19.99, qty: 1000 } }
const letters = { queue: 'stock-reduction', messageIds: ['nothing'] }
const order = { json: { productId: 1, quantity: 1 } }

/** Migrates an empty shop and puts the product 1 and the order 1 into it; resolves to an event for each function. */
export async function prepareSamples(shop: DeployedShop): Promise<Record<string, object>> {
  await shop.invoke('migrate', {})
  await shop.request('createProduct', poster)
  const { body } = await shop.request('createOrder', order)
  return sampleEvents(body.createdAt)
}

/** An event for each function that makes it do its usual work, for the product 1 and its order of that time. */
export const sampleEvents = (timestamp: unknown): Record<string, object> => ({
  createProduct: apiEvent(poster),
  listProducts: apiEvent(),
  getProduct: apiEvent({ path: { id: '1' } }),
  updateProduct: apiEvent({ path: { id: '1' }, json: { price: 4.35 } }),
  deleteProduct: apiEvent({ path: { id: '999' } }),
  adjustStock: apiEvent({ path: { id: '1' }, json: { change: 1, reason: 'Counted' } }),
  listMovements: apiEvent({ path: { id: '1' } }),
  reduceStock: rmqEvent({
    queue: 'stock-reduction',
    messages: [
      {
        type: 'order.created',
        body: { orderId: 1, productId: 1, quantity: 1, totalPrice: 19.99, timestamp },
      },
    ],
  }),
  returnStock: rmqEvent({
    queue: 'stock-return',
    messages: [{ type: 'order.cancelled', body: { orderId: 1, productId: 1, quantity: 1, timestamp } }],
  }),
  createOrder: apiEvent(order),
  listAllOrders: apiEvent(),
  getOrder: apiEvent({ path: { id: '1' } }),
  cancelOrder: apiEvent({ path: { id: '999' } }),
  listOrders: apiEvent({ path: { productId: '1' } }),
  settleOrder: rmqEvent({
    queue: 'order-settlement',
    messages: [{ type: 'stock.reduced', body: { orderId: 1, productId: 1, quantity: 1, timestamp } }],
  }),
  reannouncePendingOrders: {},
  purgeIdempotencyKeys: {},
  getProductWithOrders: apiEvent({ path: { id: '1' } }),
  getHome: apiEvent(),
  getLiveness: apiEvent(),
  getHealth: apiEvent(),
  authorizeAdmin: { identitySource: ['first-key'] },
  warmCache: apiEvent({ json: { productIds: [1] } }),
  getOverview: apiEvent(),
  listDeadLetters: apiEvent(),
  redriveDeadLetters: apiEvent({ json: letters }),
  discardDeadLetters: apiEvent({ json: letters }),
  getOpenapi: apiEvent(),
  getDocs: apiEvent(),
  getDocsFile: apiEvent({ path: { file: 'swagger-ui.css' } }),
  getConsole: apiEvent(),
  getConsoleFile: apiEvent({ path: { file: 'uplot.js' } }),
  publishPendingEvents: {},
  inspectQueues: {},
  handleDeadLetters: { args: ['list'] },
  migrate: {},
  answerUnknownRoute: apiEvent(),
})
