import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { listAllOrders } from '../../../functions/orders/order-store.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { rowsRead } from '../../support/rows-read.ts'
import { deliver, place, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()
const manyOrders = 20_000

/** Places an order and hands its events to the consumers, as the queues would. */
async function sellOne(productId: number): Promise<void> {
  broker.reset()
  await place({ productId })
  await deliver(reduceStock, 'stock-reduction', await messagesOf('order.created'))
  await deliver(settleOrder, 'order-settlement', await messagesOf('stock.reduced'))
}

async function messagesOf(eventName: string) {
  await eventually(() => broker.of(eventName).length === 1)
  return broker.of(eventName).map(({ body }) => ({ type: eventName, correlationId: 'request-1', body }))
}

/** Twenty thousand orders that were pending and are settled, of which PostgreSQL's statistics know nothing yet. */
async function sellMany(productId: number): Promise<void> {
  const parameters = [productId, manyOrders]
  await own.sql(
    `insert into orders.orders (product_id, quantity, unit_price, total_price)
     select $1, 1, 1, 1 from generate_series(1, $2)`,
    parameters,
  )
  await own.sql(`update orders.orders set status = 'confirmed', settled_at = now()`)
  await own.sql(`insert into products.stock_movements (product_id, order_id, change, kind)
     select product_id, id, -1, 'sale' from orders.orders on conflict (order_id) where kind <> 'return' do nothing`)
}

describe('the statements of a sale', () => {
  it('read a few rows of a full table, though they were planned while it was empty', async () => {
    const { id } = await storeProduct({ qty: 1000 })
    for (let count = 0; count < 10; count += 1) await sellOne(id)
    await sellMany(id)

    const read = await rowsRead(own.databaseUrl, () => sellOne(id))

    expect(read).toBeLessThan(200)
  })
})

describe('a page of all orders', () => {
  it('reads a few rows of a full table, though it was planned while that was empty', async () => {
    const { id } = await storeProduct({ qty: 1000 })
    for (let count = 0; count < 10; count += 1) await listAllOrders(21)
    await sellMany(id)

    const read = await rowsRead(own.databaseUrl, () => listAllOrders(21))

    expect(read).toBeLessThan(200)
  })
})
