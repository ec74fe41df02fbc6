import { apiEvent } from '../support/api-event.ts'
import { rmqEvent } from '../support/rmq-event.ts'

const timestamp = '2026-11-21T10:00:00.000Z'

/** An event for each function that makes it do its usual work, for the product 1. */
export const sampleEvents: Record<string, object> = {
  createProduct: apiEvent({ json: { name: 'Poster', price: 19.99, qty: 1000 } }),
  listProducts: apiEvent(),
  getProduct: apiEvent({ path: { id: '1' } }),
  updateProduct: apiEvent({ path: { id: '1' }, json: { price: 4.35 } }),
  deleteProduct: apiEvent({ path: { id: '999' } }),
  reduceStock: rmqEvent({
    queue: 'stock-reduction',
    messages: [
      {
        type: 'order.created',
        body: { orderId: 1, productId: 1, quantity: 1, totalPrice: 19.99, timestamp },
      },
    ],
  }),
  createOrder: apiEvent({ json: { productId: 1, quantity: 1 } }),
  getOrder: apiEvent({ path: { id: '1' } }),
  listOrders: apiEvent({ path: { productId: '1' } }),
  settleOrder: rmqEvent({
    queue: 'order-settlement',
    messages: [{ type: 'stock.reduced', body: { orderId: 1, productId: 1, quantity: 1, timestamp } }],
  }),
  reannouncePendingOrders: {},
  purgeIdempotencyKeys: {},
  getProductWithOrders: apiEvent({ path: { id: '1' } }),
  getLiveness: apiEvent(),
  getHealth: apiEvent(),
  authorizeAdmin: { identitySource: ['first-key'] },
  warmCache: apiEvent({ json: { productIds: [1] } }),
  getOpenapi: apiEvent(),
  getDocs: apiEvent(),
  getDocsFile: apiEvent({ path: { file: 'swagger-ui.css' } }),
  publishPendingEvents: {},
  inspectQueues: {},
  handleDeadLetters: { args: ['list'] },
  migrate: {},
  answerUnknownRoute: apiEvent(),
}
