import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { announcements } from '../../tests/support/announcements.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, traceparents, clear, commitAndAnnounce } = announcements()
const lockStock = jest.fn<typeof import('./stock-store.ts').lockStock>()
const findDecisions = jest.fn<typeof import('./stock-store.ts').findDecisions>()
const disownDecisions = jest.fn<typeof import('./stock-store.ts').disownDecisions>()
const enterDecisions = jest.fn<typeof import('./stock-store.ts').enterDecisions>()
const writeStock = jest.fn<typeof import('./stock-store.ts').writeStock>()
const showProducts = jest.fn<typeof import('./catalogue.ts').showProducts>()
const compareWithOrders = jest.fn<typeof import('../orders/placed-orders.ts').compareWithOrders>()
const warmProducts = jest.fn<typeof import('./catalogue.ts').warmProducts>()
const publish = jest.fn<typeof import('@stockroom/messaging/publisher').publish>()
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({ commitAndAnnounce }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('../orders/placed-orders.ts', () => ({ compareWithOrders }))
jest.unstable_mockModule('./stock-store.ts', () => ({
  lockStock,
  findDecisions,
  disownDecisions,
  enterDecisions,
  writeStock,
}))
jest.unstable_mockModule('./catalogue.ts', () => ({ showProducts, warmProducts }))
const { handler } = await import('./reduce-stock-on-order-created.ts')

const time = '2026-11-21T10:00:00.000Z'
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const changed = {
  product: { id: 1, name: 'Lamp', price: 2, qty: 0, createdAt: time, updatedAt: time },
  version: 9,
}

const order = (orderId: number, productId: number, quantity: number) => ({
  type: 'order.created',
  correlationId: `request-${orderId}`,
  body: { orderId, productId, quantity, totalPrice: quantity * 2, timestamp: time },
})

const reduce = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'stock-reduction', messages }), lambdaContext())

beforeEach(() => {
  clear()
  compareWithOrders.mockReset().mockImplementation(async (messages) => ({ own: [...messages], refused: [] }))
  disownDecisions.mockReset().mockResolvedValue()
  lockStock.mockReset().mockResolvedValue({ stock: new Map([[1, 3]]), locked: new Set() })
  findDecisions.mockReset().mockResolvedValue([])
  enterDecisions.mockReset().mockResolvedValue()
  writeStock.mockReset().mockResolvedValue([changed])
  showProducts.mockReset().mockResolvedValue()
  warmProducts.mockReset().mockResolvedValue({ warmed: [], missing: [] })
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('reduceStock', () => {
  it('tells of each order under the trace of its order', async () => {
    const traced = (orderId: number) => ({
      ...order(orderId, 1, 2),
      headers: { traceparent: headerBytes(traceparentOf(orderId)) },
    })

    await reduce(traced(11), order(12, 1, 2), traced(13))

    expect(traceparents).toEqual([traceparentOf(11), undefined, traceparentOf(13)])
  })

  it('gives the stock to the orders that came first, and enters every decision', async () => {
    await reduce(order(11, 1, 2), order(12, 1, 2), order(13, 1, 1), order(14, 2, 1))

    expect(enterDecisions.mock.calls).toEqual([
      [
        trx,
        [
          expect.objectContaining({ orderId: 11, productId: 1, quantity: 2, outcome: 'sale' }),
          expect.objectContaining({ orderId: 12, productId: 1, quantity: 2, outcome: 'insufficient-stock' }),
          expect.objectContaining({ orderId: 13, productId: 1, quantity: 1, outcome: 'sale' }),
          expect.objectContaining({ orderId: 14, productId: 2, quantity: 1, outcome: 'product-not-found' }),
        ],
      ],
    ])
    expect(writeStock.mock.calls).toEqual([[trx, new Map([[1, 0]])]])
  })

  it('locks each product once', async () => {
    await reduce(order(11, 1, 1), order(12, 2, 1), order(13, 1, 1))

    expect(lockStock.mock.calls).toEqual([[trx, [1, 2]]])
  })

  it('decides the other orders of a batch when a product stays locked, and puts its orders off', async () => {
    lockStock.mockResolvedValue({ stock: new Map([[1, 3]]), locked: new Set([2]) })

    await reduce(order(11, 1, 1), order(12, 2, 1), order(13, 3, 1))

    expect(commits[0]?.told.map(({ event }) => event.name)).toEqual(['stock.reduced', 'stock.rejected'])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({ exchange: '', routingKey: 'stock-reduction' }),
    ])
    expect(JSON.parse(publish.mock.calls[0]?.[0][0]?.content.toString() as string)).toEqual(
      order(12, 2, 1).body,
    )
  })

  it('tells the outcome of an order again that was decided before, though its product is locked', async () => {
    lockStock.mockResolvedValue({ stock: new Map([[1, 3]]), locked: new Set([2]) })
    findDecisions.mockResolvedValue([{ orderId: 12, productId: 2, quantity: 1, outcome: 'sale' }])

    await reduce(order(12, 2, 1))

    expect(commits[0]?.told.map(({ event }) => event.name)).toEqual(['stock.reduced'])
    expect(publish).not.toHaveBeenCalled()
  })

  it('locks the stock before it looks for earlier decisions', async () => {
    await reduce(order(11, 1, 1))

    expect(lockStock.mock.invocationCallOrder[0]).toBeLessThan(
      findDecisions.mock.invocationCallOrder[0] as number,
    )
  })

  it('tells each outcome in the same transaction, with the correlation id of its order', async () => {
    await reduce(order(11, 1, 2), order(12, 1, 2), order(14, 2, 1))

    expect(commits).toEqual([
      {
        domain: 'products',
        told: [
          {
            event: {
              name: 'stock.reduced',
              body: { orderId: 11, productId: 1, quantity: 2, timestamp: isTime },
            },
            correlationId: 'request-11',
          },
          {
            event: {
              name: 'stock.rejected',
              body: { orderId: 12, productId: 1, reason: 'insufficient-stock', timestamp: isTime },
            },
            correlationId: 'request-12',
          },
          {
            event: {
              name: 'stock.rejected',
              body: { orderId: 14, productId: 2, reason: 'product-not-found', timestamp: isTime },
            },
            correlationId: 'request-14',
          },
        ],
      },
    ])
  })

  it('changes nothing for an order that was decided before, and tells its outcome again', async () => {
    findDecisions.mockResolvedValue([{ orderId: 11, productId: 1, quantity: 2, outcome: 'sale' }])

    await reduce(order(11, 1, 2))

    expect(enterDecisions.mock.calls).toEqual([[trx, []]])
    expect(writeStock.mock.calls).toEqual([[trx, new Map()]])
    expect(commits[0]?.told).toEqual([
      {
        event: { name: 'stock.reduced', body: { orderId: 11, productId: 1, quantity: 2, timestamp: isTime } },
        correlationId: 'request-11',
      },
    ])
  })

  it.each([
    ['another product', { orderId: 11, productId: 2, quantity: 2, outcome: 'sale' }],
    ['more pieces', { orderId: 11, productId: 1, quantity: 3, outcome: 'sale' }],
    [
      'another product that was refused',
      { orderId: 11, productId: 2, quantity: 0, outcome: 'insufficient-stock' },
    ],
  ] as const)('decides an order under whose id the ledger has %s', async (_, foreign) => {
    findDecisions.mockResolvedValue([foreign])

    await reduce(order(11, 1, 2))

    expect(disownDecisions.mock.calls).toEqual([[trx, [11]]])
    expect(writeStock.mock.calls).toEqual([[trx, new Map([[1, 1]])]])
    expect(commits[0]?.told).toMatchObject([{ event: { body: { orderId: 11, productId: 1, quantity: 2 } } }])
  })

  it('sends what is not about its order to the dead letters, and decides the rest', async () => {
    compareWithOrders.mockImplementation(async ([one, ...own]) => ({
      own,
      refused: one ? [{ message: one, reason: 'there is no order 11' }] : [],
    }))

    await reduce(order(11, 1, 1), order(12, 1, 2))

    expect(writeStock.mock.calls).toEqual([[trx, new Map([[1, 1]])]])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({
        routingKey: 'stock-reduction.dead',
        options: expect.objectContaining({
          headers: expect.objectContaining({ 'x-dead-letter-reason': 'there is no order 11' }),
        }),
      }),
    ])
  })

  it('tells of an outcome at the time of its order at the earliest', async () => {
    const timestamp = '2999-11-21T10:00:00.000Z'
    const { body, ...rest } = order(11, 1, 1)

    await reduce({ ...rest, body: { ...body, timestamp } })

    expect(commits[0]?.told).toMatchObject([{ event: { body: { timestamp } } }])
  })

  it('takes stock once for an order that comes twice in a batch', async () => {
    await reduce(order(11, 1, 2), order(11, 1, 2))

    expect(writeStock.mock.calls).toEqual([[trx, new Map([[1, 1]])]])
    expect(commits[0]?.told).toHaveLength(1)
  })

  it('shows the changed products to every instance', async () => {
    await reduce(order(11, 1, 3))

    expect(showProducts.mock.calls).toEqual([[[changed]]])
    expect(warmProducts).not.toHaveBeenCalled()
  })

  it('shows the products of orders that were decided before once more', async () => {
    findDecisions.mockResolvedValue([{ orderId: 12, productId: 5, quantity: 2, outcome: 'sale' }])

    await reduce(order(11, 1, 3), order(12, 5, 2))

    expect(showProducts.mock.calls).toEqual([[[changed]]])
    expect(warmProducts.mock.calls).toEqual([[[5]]])
  })

  it('returns the batch while the database is away', async () => {
    lockStock.mockRejectedValue(new Unavailable('database', 'connection refused'))

    const outcome = reduce(order(11, 1, 1))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(showProducts).not.toHaveBeenCalled()
  })

  it('returns the batch while the database of the orders is away', async () => {
    compareWithOrders.mockRejectedValue(new Unavailable('database', 'connection refused'))

    const outcome = reduce(order(11, 1, 1))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(commits).toEqual([])
  })

  it('handles the healthy orders beside a poison message, which goes to the dead letters', async () => {
    await reduce(order(11, 1, 1), { type: 'order.created', text: 'not JSON' }, order(12, 1, 1))

    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({
        exchange: 'shop.dead-letters',
        routingKey: 'stock-reduction.dead',
        content: Buffer.from('not JSON'),
      }),
    ])
    expect(commits[0]?.told.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 11 }),
      expect.objectContaining({ orderId: 12 }),
    ])
  })
})
