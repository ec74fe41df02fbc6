import { beforeEach, describe, expect, it } from '@jest/globals'
import { handler as reannouncePendingOrders } from '../../../functions/orders/reannounce-pending-orders.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { deliver, place } from '../../support/stories.ts'
import { runSql } from '../../support/test-database.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(async () => {
  broker.reset()
  await runSql(own.databaseUrl, 'truncate orders.orders, orders.idempotency_keys, orders.outbox')
})

async function placeOrders(count: number) {
  const drafts = Array.from({ length: count }, (_, n) => n + 1)
  const placed = await Promise.all(
    drafts.map((quantity) =>
      place({ productId: 7, quantity, unitPrice: 1, totalPrice: quantity, requestId: `request-${quantity}` }),
    ),
  )
  await Promise.all(placed.map(({ announced }) => announced))
  return placed.map(({ order }) => order)
}

const letTimePass = (interval: string) =>
  runSql(own.databaseUrl, 'update orders.orders set announce_again_at = announce_again_at - $1::interval', [
    interval,
  ])

const run = (event = {}) => reannouncePendingOrders(event, lambdaContext())

const announced = () => broker.of('order.created').map(({ body }) => body.orderId)

describe('reannouncePendingOrders', () => {
  it('tells again of an order that is pending for 30 s: the same event in a new message', async () => {
    const [order] = await placeOrders(1)
    await letTimePass('30 seconds')

    const outcome = await run()

    expect(outcome).toEqual({ reannounced: 1 })
    const [first, second] = broker.of('order.created')
    expect(second).toEqual({
      ...first,
      body: { orderId: order?.id, productId: 7, quantity: 1, totalPrice: 1, timestamp: order?.createdAt },
      options: {
        ...first?.options,
        correlationId: 'request-1',
        headers: {
          'schema-version': 1,
          traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-0\d$/),
        },
        messageId: expect.any(String),
        timestamp: expect.any(Number),
      },
    })
    expect(second?.options.messageId).not.toBe(first?.options.messageId)
  })

  it('leaves younger orders alone', async () => {
    await placeOrders(2)
    await letTimePass('25 seconds')

    expect(await run()).toEqual({ reannounced: 0 })
  })

  it('leaves settled orders alone', async () => {
    const [order] = await placeOrders(1)
    const body = { orderId: order?.id, productId: 7, quantity: 1, timestamp: order?.createdAt }
    await deliver(settleOrder, 'order-settlement', [{ type: 'stock.reduced', body }])
    await letTimePass('1 hour')

    expect(await run()).toEqual({ reannounced: 0 })
  })

  it('does not tell again of the same order a moment later', async () => {
    await placeOrders(1)
    await letTimePass('30 seconds')
    await run()

    expect(await run()).toEqual({ reannounced: 0 })
  })

  it('tells of a thousand orders a run at most', async () => {
    await placeOrders(1005)
    await letTimePass('1 minute')
    broker.reset()

    const outcomes = [await run(), await run()]

    expect(outcomes).toEqual([{ reannounced: 1000 }, { reannounced: 5 }])
    expect(new Set(announced()).size).toBe(1005)
  })

  it('tells at once of every pending order when the broker is empty', async () => {
    const orders = await placeOrders(3)
    broker.reset()

    const outcome = await run({ brokerIsEmpty: true })

    expect(outcome).toEqual({ reannounced: 3 })
    expect(new Set(announced())).toEqual(new Set(orders.map(({ id }) => id)))
  })

  it('keeps the announcement in the outbox when the broker does not take it', async () => {
    await placeOrders(1)
    await letTimePass('30 seconds')
    broker.confirms = () => false

    await run()

    expect(await runSql(own.databaseUrl, 'select name from orders.outbox')).toEqual([
      { name: 'order.created' },
    ])
  })
})
