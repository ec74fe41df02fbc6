import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Decision } from '@stockroom/database/pipelined'
import { settleSeconds } from '@stockroom/telemetry/shop-metrics'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'
import type { Settleable } from './order-store.ts'

process.env.LOG_LEVEL = 'silent'
const { traceparents, clear, commitStatementsWithOutbox } = recordedCommits()
const lines: string[] = []
jest.unstable_mockModule('@stockroom/runtime/terminal-lines', () => ({
  showLine: (line: () => string) => lines.push(line()),
}))
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitStatementsWithOutbox }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish: jest.fn() }))
jest.unstable_mockModule('@stockroom/database/pipelined', () => ({
  readAndCommit: async (
    _domain: string,
    _read: object,
    decide: (rows: Settleable[]) => Decision<never, unknown>,
  ) => decide([1, 2, 3].map(stored)).result([]),
  commitStatement: jest.fn(),
}))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders: async () => {} }))
const { handler } = await import('./settle-order-on-stock-outcome.ts')

const time = '2026-11-21T10:00:00.000Z'
const settledAt = '2026-11-21T10:00:02.000Z'
const reduced = (orderId: number) => ({
  type: 'stock.reduced',
  body: { orderId, productId: 7, quantity: 2, timestamp: time },
})
const rejected = (orderId: number) => ({
  type: 'stock.rejected',
  body: { orderId, productId: 7, reason: 'insufficient-stock', timestamp: time },
})
/** An order of two pieces of product 7, as it stands in the database. */
const stored = (id: number): Settleable => ({
  id,
  productId: 7,
  quantity: 2,
  createdAt: time,
  requestId: `request-${id}`,
  isSettled: false,
  isLocked: false,
  isCancelled: false,
  now: settledAt,
})
const settle = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'order-settlement', messages }), lambdaContext())

beforeEach(() => {
  lines.length = 0
  clear()
})

describe('settleOrder', () => {
  it('shows what became of each order', async () => {
    await settle(reduced(1), rejected(2))

    expect(lines).toEqual([
      'order 1: 2 of product 7, confirmed',
      'order 2: 2 of product 7, rejected: insufficient-stock',
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
})
