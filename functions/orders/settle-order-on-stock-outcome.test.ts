import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Decision, Statement } from '@stockroom/database/pipelined'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { settleSeconds } from '@stockroom/telemetry/shop-metrics'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'
import type { Settleable } from './order-store.ts'

process.env.LOG_LEVEL = 'silent'
const { commits, traceparents, clear, commitStatementsWithOutbox } = recordedCommits()
const readAndCommit = jest.fn()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
const publish = jest.fn<typeof import('@stockroom/messaging/publisher').publish>()
const lines: string[] = []
jest.unstable_mockModule('@stockroom/runtime/terminal-lines', () => ({
  showLine: (line: () => string) => lines.push(line()),
}))
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitStatementsWithOutbox }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('@stockroom/database/pipelined', () => ({
  readAndCommit,
  commitStatement: jest.fn(),
}))
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
/** An order of two pieces of product 7, as it stands in the database. */
const stored = (id: number, members: Partial<Settleable> = {}): Settleable => ({
  id,
  productId: 7,
  quantity: 2,
  createdAt: time,
  requestId: `request-${id}`,
  isSettled: false,
  isLocked: false,
  isCancelled: false,
  now: settledAt,
  ...members,
})
const settle = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'order-settlement', messages }), lambdaContext())

let orders: Settleable[]
let writes: Statement[]

beforeEach(() => {
  lines.length = 0
  orders = [stored(1), stored(2), stored(3)]
  clear()
  readAndCommit.mockReset().mockImplementation(async (_domain, _read, decide) => {
    const decision = (decide as (rows: Settleable[]) => Decision<never, unknown>)(orders)
    writes = decision.writes
    return decision.result([])
  })
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
    orders = [stored(1, { isLocked: true }), stored(2), stored(3, { isSettled: true })]

    await settle(reduced(1), reduced(2), reduced(3))

    expect(commits[0]?.recorded.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 2 }),
    ])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({
        routingKey: 'order-settlement',
        content: Buffer.from(JSON.stringify(reduced(1).body)),
      }),
    ])
  })

  it('tells each settlement in the same transaction, with the request id of its order', async () => {
    await settle(reduced(1), rejected(2))

    expect(commits).toEqual([
      {
        domain: 'orders',
        recorded: [
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

    expect(settleSeconds.of('confirmed').sum - before).toBeCloseTo(2)
  })

  it('settles an order once when its outcome comes twice in a batch', async () => {
    await settle(reduced(1), reduced(1))

    expect(commits[0]?.recorded).toHaveLength(1)
  })

  it('leaves a cancelled order alone, and notes that its stock is back', async () => {
    orders = [stored(1, { isSettled: true, isCancelled: true }), stored(2)]
    const returned = {
      type: 'stock.returned',
      body: { orderId: 1, productId: 7, quantity: 2, timestamp: time },
    }

    await settle(reduced(1), returned, reduced(2))

    expect(commits[0]?.recorded.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 2 }),
    ])
    expect(writes.map(({ bindings }) => bindings)).toContainEqual([[1]])
  })

  it('drops the cached lists of the products of all orders, settled now or before', async () => {
    orders = [stored(1, { isSettled: true }), stored(2)]

    await settle(reduced(1), rejected(2))

    expect(refreshRecentOrders.mock.calls).toEqual([
      [[expect.objectContaining({ productId: 7 }), expect.objectContaining({ productId: 7 })]],
    ])
  })

  it('returns the batch while the database is away', async () => {
    readAndCommit.mockImplementation(() => Promise.reject(new Unavailable('database', 'connection refused')))

    await expect(settle(reduced(1))).rejects.toMatchObject({ name: 'Unavailable' })
    expect(refreshRecentOrders).not.toHaveBeenCalled()
  })

  it('sends an outcome that is not about its order to the dead letters, and settles the rest', async () => {
    orders = [stored(2)]

    await settle(reduced(1), reduced(2))

    expect(commits[0]?.recorded.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 2 }),
    ])
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
    expect(commits[0]?.recorded.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 2 }),
    ])
  })
})
