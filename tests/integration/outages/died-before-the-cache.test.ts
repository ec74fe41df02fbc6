import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { orderCreatedEvent } from '../../../functions/orders/order-placement.ts'
import type { Product } from '../../../functions/products/product.ts'
import { apiEvent } from '../../support/api-event.ts'
import { type CacheInstance, startCacheInstance } from '../../support/cache-instances.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { type OwnServices, ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { RedisClient } from '../../support/redis-client.ts'
import { deliver, place, storeProduct } from '../../support/stories.ts'

const own = ownServices({ redis: true })
const client = RedisClient.of(own)
RecordingBroker.inPlace()
const firstPage = { limit: 20, before: undefined }

/** An instance with the functions that write, whose broker confirms nothing. */
async function startInstance(services: OwnServices) {
  const instance = await startCacheInstance(services)
  instance.broker.confirms = () => false
  return {
    ...instance,
    createOrder: (await import('../../../functions/orders/create-order.ts')).handler,
    settleOrder: (await import('../../../functions/orders/settle-order-on-stock-outcome.ts')).handler,
    reduceStock: (await import('../../../functions/products/reduce-stock-on-order-created.ts')).handler,
    updateProduct: (await import('../../../functions/products/update-product.ts')).handler,
    deleteProduct: (await import('../../../functions/products/delete-product.ts')).handler,
    sweep: (await import('../../../functions/operations/publish-pending-events.ts')).handler,
  }
}
type Instance = Awaited<ReturnType<typeof startInstance>>

/** Commits, and writes nothing into Redis: as good as a process that dies between the two. */
let dying: Instance
let next: Instance
/** Has read none of the products, so that it shows what Redis and the database have. */
let elsewhere: CacheInstance
let product: Product

beforeAll(async () => {
  dying = await startInstance({ ...own, redisUrl: '' })
  next = await startInstance(own)
  elsewhere = await startCacheInstance(own)
})

beforeEach(async () => {
  product = await storeProduct({ price: 2, qty: 10 })
  await eventually(() => client.isCopied(`product:${product.id}`, () => next.findProduct(product.id)))
})

afterAll(() => Promise.all([dying, next, elsewhere].map((instance) => instance.shutDown())))

const shownProduct = async () => (await elsewhere.findProduct(product.id)).value
const shownOrders = async () => (await elsewhere.recentOrders(product.id, firstPage)).value?.page
const path = () => ({ id: String(product.id) })

async function listIsCopied(): Promise<void> {
  const read = () => next.recentOrders(product.id, firstPage)
  await eventually(() => client.isCopied(`orders:product:${product.id}`, read))
}

async function pendingOrder() {
  const draft = { productId: product.id, quantity: 4, unitPrice: 2, totalPrice: 8, requestId: 'request-1' }
  return (await place(draft)).order
}

/** Lets the sweep find every event that is left in the outbox. */
async function sweepBy(instance: Instance): Promise<void> {
  await runSql(own.databaseUrl, 'update products.outbox set next_attempt_at = now()')
  await instance.sweep({}, lambdaContext())
}

describe('when a process dies between its commit and the cache', () => {
  it('the redelivered batch shows the stock', async () => {
    const order = await pendingOrder()
    const batch = [{ type: 'order.created', body: orderCreatedEvent(order).body }]
    await deliver(dying.reduceStock, 'stock-reduction', batch)

    await deliver(next.reduceStock, 'stock-reduction', batch)

    expect((await shownProduct())?.qty).toBe(6)
  })

  it('the redelivered outcome drops the list of orders', async () => {
    const { id: orderId, productId, quantity, createdAt: timestamp } = await pendingOrder()
    await listIsCopied()
    const batch = [{ type: 'stock.reduced', body: { orderId, productId, quantity, timestamp } }]
    await deliver(dying.settleOrder, 'order-settlement', batch)

    await deliver(next.settleOrder, 'order-settlement', batch)

    expect(await shownOrders()).toMatchObject([{ status: 'confirmed' }])
  })

  it('the retry of an order, by its key, puts it into its list', async () => {
    await listIsCopied()
    const event = apiEvent({
      json: { productId: product.id, quantity: 1 },
      headers: { 'idempotency-key': 'key-1' },
    })
    await dying.createOrder(event, lambdaContext())

    await next.createOrder(event, lambdaContext())

    expect(await shownOrders()).toHaveLength(1)
  })

  it('the sweep shows a changed product', async () => {
    await dying.updateProduct(apiEvent({ path: path(), json: { price: 3 } }), lambdaContext())

    await sweepBy(next)

    expect((await shownProduct())?.price).toBe(3)
  })

  it('the sweep hides a deleted product', async () => {
    await dying.deleteProduct(apiEvent({ path: path() }), lambdaContext())

    await sweepBy(next)

    expect(await shownProduct()).toBeNull()
  })
})
