import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { settleSeconds } from '@stockroom/telemetry/shop-metrics'
import { announcements } from '../../tests/support/announcements.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'
import type { Order } from './order.ts'
import type { Settlement } from './order-store.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, traceparents, clear, commitAndAnnounce } = announcements()
const settleOrders = jest.fn<typeof import('./order-store.ts').settleOrders>()
const findPending = jest.fn<typeof import('./order-store.ts').findPending>()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
const compareWithOrders = jest.fn<typeof import('./placed-orders.ts').compareWithOrders>()
const publish = jest.fn<typeof import('@stockroom/messaging/publisher').publish>()
const lines: string[] = []
jest.unstable_mockModule('@stockroom/runtime/terminal-lines', () => ({
  showLine: (line: () => string) => lines.push(line()),
}))
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({ commitAndAnnounce }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('./order-store.ts', () => ({ settleOrders, findPending }))
jest.unstable_mockModule('./placed-orders.ts', () => ({ compareWithOrders }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders }))
const { handler } = await import('./settle-order-on-stock-outcome.ts')

const time = '2026-11-21T10:00:00.000Z'
const settledAt = '2026-11-21T10:00:02.000Z'
const reduced = (orderId: number) => ({
  type: 'stock.reduced',
  body: { orderId, productId: 7, quantity: 2, timestamp: time },
})
const rejected = (orderId: number, reason = 'insufficient-stock') => ({
  type: 'stock.rejected',
  body: { orderId, productId: 7, reason, timestamp: time },
})
const settledOrder = ({ orderId, status, reason }: Settlement): Order => ({
  id: orderId,
  productId: 7,
  quantity: 2,
  unitPrice: 1,
  totalPrice: 2,
  status,
  reason,
  createdAt: time,
  settledAt,
})
const settle = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'order-settlement', messages }), lambdaContext())

beforeEach(() => {
  lines.length = 0
  clear()
  compareWithOrders.mockReset().mockImplementation(async (messages) => ({ own: [...messages], refused: [] }))
  settleOrders.mockReset().mockImplementation(async (_trx, settlements) =>
    settlements.map((settlement) => ({
      order: settledOrder(settlement),
      requestId: `request-${settlement.orderId}`,
    })),
  )
  findPending.mockReset().mockResolvedValue(new Set())
  refreshRecentOrders.mockReset().mockResolvedValue()
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('settleOrder', () => {
  it('shows what became of each order', async () => {
    await settle(reduced(1), rejected(2))

    expect(lines).toEqual([
      'order 1: 2 of product 7, confirmed',
      'order 2: 2 of product 7, rejected: insufficient-stock',
    ])
  })

  it('puts the outcome of an order off that somebody has locked, and settles the others', async () => {
    settleOrders.mockResolvedValue([
      { order: settledOrder({ orderId: 2, status: 'confirmed', reason: null }), requestId: 'request-2' },
    ])
    findPending.mockResolvedValue(new Set([1]))

    await settle(reduced(1), reduced(2), reduced(3))

    expect(findPending.mock.calls).toEqual([[trx, [1, 3]]])
    expect(commits[0]?.told.map(({ event }) => event.body)).toEqual([expect.objectContaining({ orderId: 2 })])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({
        routingKey: 'order-settlement',
        content: Buffer.from(JSON.stringify(reduced(1).body)),
      }),
    ])
  })

  it('confirms orders that got their stock and rejects the others with the reason', async () => {
    await settle(reduced(1), rejected(2), rejected(3, 'product-not-found'))

    expect(settleOrders.mock.calls).toEqual([
      [
        trx,
        [
          { orderId: 1, status: 'confirmed', reason: null },
          { orderId: 2, status: 'rejected', reason: 'insufficient-stock' },
          { orderId: 3, status: 'rejected', reason: 'product-not-found' },
        ],
      ],
    ])
  })

  it('tells each settlement in the same transaction, with the request id of its order', async () => {
    await settle(reduced(1), rejected(2))

    expect(commits).toEqual([
      {
        domain: 'orders',
        told: [
          {
            event: {
              name: 'order.confirmed',
              body: { orderId: 1, productId: 7, quantity: 2, timestamp: settledAt },
            },
            correlationId: 'request-1',
          },
          {
            event: {
              name: 'order.rejected',
              body: {
                orderId: 2,
                productId: 7,
                quantity: 2,
                reason: 'insufficient-stock',
                timestamp: settledAt,
              },
            },
            correlationId: 'request-2',
          },
        ],
      },
    ])
  })

  it('tells of each order under the trace of its outcome', async () => {
    const traced = (orderId: number) => ({
      ...reduced(orderId),
      headers: { traceparent: headerBytes(traceparentOf(orderId)) },
    })

    await settle(traced(1), reduced(2), traced(3))

    expect(traceparents).toEqual([traceparentOf(1), undefined, traceparentOf(3)])
  })

  it('measures how long an order took to be settled', async () => {
    const before = settleSeconds.of('confirmed').sum

    await settle(reduced(1))

    const { createdAt, settledAt } = settledOrder({ orderId: 1, status: 'confirmed', reason: null })
    const seconds = (Date.parse(settledAt as string) - Date.parse(createdAt)) / 1000
    expect(seconds).toBeGreaterThan(0)
    expect(settleSeconds.of('confirmed').sum - before).toBeCloseTo(seconds)
  })

  it('settles an order once when its outcome comes twice in a batch', async () => {
    await settle(reduced(1), reduced(1))

    expect(settleOrders.mock.calls[0]?.[1]).toEqual([{ orderId: 1, status: 'confirmed', reason: null }])
  })

  it('tells nothing of an order that is settled already', async () => {
    settleOrders.mockResolvedValue([])

    await settle(reduced(1))

    expect(commits).toEqual([{ domain: 'orders', told: [] }])
  })

  it('drops the cached lists of the products of all orders, settled now or before', async () => {
    settleOrders.mockResolvedValue([])

    await settle(reduced(1), rejected(2))

    expect(refreshRecentOrders.mock.calls).toEqual([
      [[expect.objectContaining({ productId: 7 }), expect.objectContaining({ productId: 7 })]],
    ])
  })

  it('returns the batch while the database is away', async () => {
    settleOrders.mockRejectedValue(new Unavailable('database', 'connection refused'))

    const outcome = settle(reduced(1))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(refreshRecentOrders).not.toHaveBeenCalled()
  })

  it('sends an outcome that is not about its order to the dead letters, and settles the rest', async () => {
    compareWithOrders.mockImplementation(async ([one, ...own]) => ({
      own,
      refused: one ? [{ message: one, reason: 'there is no order 1' }] : [],
    }))

    await settle(reduced(1), reduced(2))

    expect(settleOrders.mock.calls[0]?.[1]).toEqual([{ orderId: 2, status: 'confirmed', reason: null }])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({
        routingKey: 'order-settlement.dead',
        options: expect.objectContaining({
          headers: expect.objectContaining({ 'x-dead-letter-reason': 'there is no order 1' }),
        }),
      }),
    ])
  })

  it('sends an event that it does not know to the dead letters, and settles the rest', async () => {
    await settle({ ...reduced(1), type: 'order.created' }, reduced(2))

    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({ routingKey: 'order-settlement.dead' }),
    ])
    expect(settleOrders.mock.calls[0]?.[1]).toEqual([{ orderId: 2, status: 'confirmed', reason: null }])
  })
})
