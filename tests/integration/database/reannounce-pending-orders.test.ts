import { beforeEach, describe, expect, it } from '@jest/globals'
import { handler as reannouncePendingOrders } from '../../../functions/orders/reannounce-pending-orders.ts'
import { handler as settleOrder } from '../../../functions/orders/settle-order-on-stock-outcome.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { deliver, place } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(() => own.sql('truncate orders.orders, orders.idempotency_keys, orders.outbox'))

const placeOrders = (count: number) =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const quantity = n + 1
      return (await place({ productId: 7, quantity, requestId: `request-${quantity}` })).order
    }),
  )

const letTimePass = (interval: string) =>
  own.sql('update orders.orders set announce_again_at = announce_again_at - $1::interval', [interval])

const waiting = () => own.sql('select id, announcements, announce_again_at from orders.orders order by id')

const run = (event = {}) => reannouncePendingOrders(event, lambdaContext())

const announced = () => broker.of('order.created').map(({ body }) => body.orderId)

describe('reannouncePendingOrders', () => {
  it('tells again of an order that is pending for 5 s: the same event in a message of the same id', async () => {
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
        timestamp: expect.any(Number),
      },
    })
  })

  it('leaves settled orders alone, younger ones, and those that it has told of a moment before', async () => {
    const [order] = await placeOrders(2)
    const body = { orderId: order?.id, productId: 7, quantity: 1, timestamp: order?.createdAt }
    await deliver(settleOrder, 'order-settlement', [{ type: 'stock.reduced', body }])
    await letTimePass('1 hour')
    await placeOrders(1)

    const outcomes = [await run(), await run()]

    expect(outcomes).toEqual([{ reannounced: 1 }, { reannounced: 0 }])
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

  it('needs no outbox, whether the broker takes an announcement or not', async () => {
    await placeOrders(1)
    await letTimePass('30 seconds')

    broker.confirms = () => false
    await run()
    await letTimePass('1 minute')
    broker.confirms = () => true
    await run()

    expect(announced()).toHaveLength(3)
    expect(await own.sql('select 1 from orders.outbox')).toEqual([])
  })

  it('takes a backlog for no loss: what waits in the queues is not told again', async () => {
    await placeOrders(10)
    await letTimePass('1 hour')
    broker.reset()
    broker.ready = 3 // in each of three queues

    const outcome = await run()

    expect(outcome).toEqual({ reannounced: 1 })
    expect(announced()).toHaveLength(1)
  })

  it('takes no order while the broker takes no messages, and tells of it as soon as it does', async () => {
    await placeOrders(2)
    await letTimePass('30 seconds')
    const before = await waiting()
    broker.block()

    await expect(run()).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    await expect(run({ brokerIsEmpty: true })).rejects.toMatchObject({ service: 'broker' })
    const meanwhile = await waiting()
    broker.reset()

    expect(meanwhile).toEqual(before)
    expect(await run()).toEqual({ reannounced: 2 })
    expect(announced()).toHaveLength(2)
  })
})
