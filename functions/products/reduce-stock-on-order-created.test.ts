import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Decision } from '@stockroom/database/pipelined'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'
import { exampleProduct } from './product.ts'
import type { EarlierDecision } from './stock.ts'
import type { LockedRow } from './stock-store.ts'

process.env.LOG_LEVEL = 'silent'
const { commits, traceparents, clear, commitAndPublish } = recordedCommits()
const publish = jest.fn()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
const warmProducts = jest.fn<typeof import('./catalogue.ts').warmProducts>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitAndPublish }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('@stockroom/database/pipelined', () => ({
  readAndCommit: async (
    _domain: string,
    _read: object,
    decide: (rows: LockedRow[]) => Decision<object, object>,
  ) => {
    const { writes, result } = decide([row])
    return result(writes.length > 0 ? [{ ...exampleProduct, version: 9 }] : [])
  },
}))
jest.unstable_mockModule('../orders/placed-orders.ts', () => ({
  compareWithOrders: async (messages: readonly object[]) => ({ own: [...messages], refused: [] }),
}))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough, warmProducts }))
const { handler } = await import('./reduce-stock-on-order-created.ts')

const time = '2026-11-21T10:00:00.000Z'
const order = (orderId: number, productId = 1) => ({
  type: 'order.created',
  body: { orderId, productId, quantity: 2, totalPrice: 4, timestamp: time },
})
const earlier = (orderId: number, productId: number, outcome: EarlierDecision['outcome'] = 'sale') =>
  outcome === 'sale'
    ? { orderId, productId, quantity: 2, outcome, cancelledAt: null }
    : { orderId, productId, quantity: 0, outcome, cancelledAt: time }

/** What the database has of the batch: three pieces of product 1, unless a test says otherwise. */
let row: LockedRow
const reduce = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'stock-reduction', messages }), lambdaContext())
const told = () =>
  commits.flatMap(({ recorded }) =>
    recorded.map(({ event: { name, body } }) => [name, (body as { orderId: number }).orderId]),
  )

beforeEach(() => {
  clear()
  row = { stock: [{ id: 1, qty: 3, isLocked: false }], decisions: null }
  publish.mockReset()
  writeThrough.mockReset().mockResolvedValue()
  warmProducts.mockReset().mockResolvedValue({ warmed: [], missing: [] })
})

describe('reduceStock', () => {
  it('tells of each order under the trace of its order', async () => {
    const traced = (orderId: number) => ({
      ...order(orderId),
      headers: { traceparent: headerBytes(traceparentOf(orderId)) },
    })

    await reduce(traced(11), order(12), traced(13))

    expect(traceparents).toEqual([traceparentOf(11), undefined, traceparentOf(13)])
  })

  it('tells the outcome of an order again that was decided before, though its product is locked', async () => {
    row = { stock: [{ id: 2, qty: 1, isLocked: true }], decisions: [earlier(12, 2)] }

    await reduce(order(12, 2))

    expect(told()).toEqual([['stock.reduced', 12]])
    expect(publish).not.toHaveBeenCalled()
  })

  it('tells nobody of an order that was cancelled before', async () => {
    row.decisions = [earlier(11, 1, 'cancelled')]

    await reduce(order(11), order(12))

    expect(told()).toEqual([['stock.reduced', 12]])
    expect(publish).not.toHaveBeenCalled()
  })

  it('shows the changed products to every instance, and those of orders that were decided before once more', async () => {
    row.decisions = [earlier(12, 5)]

    await reduce(order(11), order(12, 5))

    expect(writeThrough.mock.calls).toEqual([[[{ product: exampleProduct, version: 9 }]]])
    expect(warmProducts.mock.calls).toEqual([[[5]]])
  })
})
