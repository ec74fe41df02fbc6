import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { lockRow } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { deliver, place } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

const settle = (...messages: Parameters<typeof deliver>[2]) =>
  deliver(settleOrder, 'order-settlement', messages)

const pendingOrder = async () => (await place({ productId: 7, quantity: 2 })).order

/** Later than whatever is ordered here. */
const timestamp = '2999-11-21T12:00:00.000Z'
const reduced = (orderId: number) => ({
  type: 'stock.reduced',
  body: { orderId, productId: 7, quantity: 2, timestamp },
})
const rejected = (orderId: number, reason = 'insufficient-stock') => ({
  type: 'stock.rejected',
  body: { orderId, productId: 7, reason, timestamp },
})

describe('settleOrder', () => {
  it('confirms an order that got its stock, and tells of it', async () => {
    const order = await pendingOrder()

    await settle(reduced(order.id))

    const settled = await findOrder(order.id)
    expect(settled).toEqual({ ...order, status: 'confirmed', settledAt: expect.any(String) })
    expect(broker.of('order.confirmed')).toEqual([
      expect.objectContaining({
        body: { orderId: order.id, productId: 7, quantity: 2, timestamp: settled?.settledAt },
        options: expect.objectContaining({ correlationId: 'request-1', mandatory: false }),
      }),
    ])
  })

  it.each(['insufficient-stock', 'product-not-found'] as const)(
    'rejects an order for the reason %s, and tells of it',
    async (reason) => {
      const order = await pendingOrder()

      await settle(rejected(order.id, reason))

      const settled = await findOrder(order.id)
      expect(settled).toEqual({ ...order, status: 'rejected', reason, settledAt: expect.any(String) })
      expect(broker.of('order.rejected')[0]?.body).toEqual({
        orderId: order.id,
        productId: 7,
        quantity: 2,
        reason,
        timestamp: settled?.settledAt,
      })
    },
  )

  it('changes nothing and tells nothing when an outcome comes again', async () => {
    const order = await pendingOrder()
    await settle(reduced(order.id), reduced(order.id))
    const settled = await findOrder(order.id)

    await settle(reduced(order.id), rejected(order.id))

    expect(await findOrder(order.id)).toEqual(settled)
    expect(broker.published.map(({ routingKey }) => routingKey)).toEqual(['order.created', 'order.confirmed'])
  })

  it('lets what the broker has confirmed leave the outbox, also with a batch that settles nothing', async () => {
    const order = await pendingOrder()
    await settle(reduced(order.id))
    await settle(reduced(order.id))

    await eventually(async () => (await own.sql('select 1 from orders.outbox')).length === 0)
  })

  it('settles many orders once, beside one that there is not, when two batches bring their outcomes at once', async () => {
    const orders = await Promise.all(Array.from({ length: 50 }, pendingOrder))
    const batch = [reduced(424_242), ...orders.map(({ id }) => reduced(id))]

    await Promise.all([settle(...batch), settle(...batch.toReversed())])
    const putOff = broker.of('order-settlement').map(({ body }) => ({ type: 'stock.reduced', body }))
    await settle(...putOff)

    const confirmed = broker.of('order.confirmed').map(({ body }) => Number(body.orderId))
    expect(confirmed.sort((a, b) => a - b)).toEqual(orders.map(({ id }) => id))
    expect((await findOrder(orders[0]?.id as number))?.status).toBe('confirmed')
  })

  it('settles the others when somebody keeps an order locked, and that one when it is free', async () => {
    const [locked, free] = [await pendingOrder(), await pendingOrder()]
    const holder = await lockRow(own.databaseUrl, 'orders.orders', locked.id)

    await settle(reduced(locked.id), reduced(free.id))
    const before = [await findOrder(locked.id), await findOrder(free.id)].map((order) => order?.status)
    const putOff = broker.of('order-settlement').map(({ body }) => ({ type: 'stock.reduced', body }))
    await holder.end()
    await settle(...putOff)

    expect(before).toEqual(['pending', 'confirmed'])
    expect((await findOrder(locked.id))?.status).toBe('confirmed')
  })
})
