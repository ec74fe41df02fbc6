import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Decision, Statement } from '@stockroom/database/pipelined'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { headerBytes, rmqEvent, traceparentOf } from '../../tests/support/rmq-event.ts'
import type { LockedRow } from './stock-store.ts'

process.env.LOG_LEVEL = 'silent'
const { commits, traceparents, clear, commitAndPublish } = recordedCommits()
const readAndCommit = jest.fn()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
const compareWithOrders = jest.fn<typeof import('../orders/placed-orders.ts').compareWithOrders>()
const warmProducts = jest.fn<typeof import('./catalogue.ts').warmProducts>()
const publish = jest.fn<typeof import('@stockroom/messaging/publisher').publish>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitAndPublish }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('@stockroom/database/pipelined', () => ({ readAndCommit }))
jest.unstable_mockModule('../orders/placed-orders.ts', () => ({ compareWithOrders }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough, warmProducts }))
const { handler } = await import('./reduce-stock-on-order-created.ts')

const time = '2026-11-21T10:00:00.000Z'
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const changed = { id: 1, name: 'Lamp', price: 2, qty: 0, createdAt: time, updatedAt: time, version: 9 }
const shown = {
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

let row: LockedRow
let reads: Statement[]
let writes: Statement[]

beforeEach(() => {
  clear()
  row = { stock: [{ id: 1, qty: 3, isLocked: false }], decisions: null }
  reads = []
  writes = []
  readAndCommit.mockReset().mockImplementation(async (_domain, read, decide) => {
    const decision = (decide as (rows: LockedRow[]) => Decision<typeof changed, unknown>)([row])
    reads.push(read as Statement)
    writes.push(...decision.writes)
    return decision.result(decision.writes.length > 0 ? [changed] : [])
  })
  compareWithOrders.mockReset().mockImplementation(async (messages) => ({ own: [...messages], refused: [] }))
  writeThrough.mockReset().mockResolvedValue()
  warmProducts.mockReset().mockResolvedValue({ warmed: [], missing: [] })
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

/** What was entered into the ledger, and what was written to be left. */
const entered = () => {
  const [decisions, remaining] = (writes.at(-1)?.bindings ?? ['[]', '[]']) as string[]
  return { decisions: JSON.parse(decisions as string), remaining: JSON.parse(remaining as string) }
}

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

    expect(entered()).toEqual({
      decisions: [
        { orderId: 11, productId: 1, change: -2, kind: 'sale' },
        { orderId: 12, productId: 1, change: 0, kind: 'insufficient-stock' },
        { orderId: 13, productId: 1, change: -1, kind: 'sale' },
        { orderId: 14, productId: 2, change: 0, kind: 'product-not-found' },
      ],
      remaining: [{ id: 1, qty: 0 }],
    })
  })

  it('locks each product once', async () => {
    await reduce(order(11, 1, 1), order(12, 2, 1), order(13, 1, 1))

    expect(reads.map(({ bindings }) => bindings)).toEqual([[[1, 2], [], [11, 12, 13]]])
  })

  it('decides the other orders of a batch when a product stays locked, and puts its orders off', async () => {
    row = { ...row, stock: [...(row.stock ?? []), { id: 2, qty: 1, isLocked: true }] }

    await reduce(order(11, 1, 1), order(12, 2, 1), order(13, 3, 1))

    expect(commits[0]?.recorded.map(({ event }) => event.name)).toEqual(['stock.reduced', 'stock.rejected'])
    expect(publish.mock.calls.flat(2)).toEqual([
      expect.objectContaining({ exchange: '', routingKey: 'stock-reduction' }),
    ])
    expect(JSON.parse(publish.mock.calls[0]?.[0][0]?.content.toString() as string)).toEqual(
      order(12, 2, 1).body,
    )
  })

  it('tells the outcome of an order again that was decided before, though its product is locked', async () => {
    row = {
      stock: [{ id: 2, qty: 1, isLocked: true }],
      decisions: [{ orderId: 12, productId: 2, quantity: 1, outcome: 'sale', cancelledAt: null }],
    }

    await reduce(order(12, 2, 1))

    expect(commits[0]?.recorded.map(({ event }) => event.name)).toEqual(['stock.reduced'])
    expect(publish).not.toHaveBeenCalled()
  })

  it('tells each outcome in the same transaction, with the correlation id of its order', async () => {
    await reduce(order(11, 1, 2), order(12, 1, 2), order(14, 2, 1))

    expect(commits).toEqual([
      {
        recorded: [
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
    row.decisions = [{ orderId: 11, productId: 1, quantity: 2, outcome: 'sale', cancelledAt: null }]

    await reduce(order(11, 1, 2))

    expect(writes).toEqual([])
    expect(commits[0]?.recorded).toEqual([
      {
        event: { name: 'stock.reduced', body: { orderId: 11, productId: 1, quantity: 2, timestamp: isTime } },
        correlationId: 'request-11',
      },
    ])
  })

  it('gives nothing to an order that was cancelled before, and tells nobody', async () => {
    row.decisions = [{ orderId: 11, productId: 1, quantity: 0, outcome: 'cancelled', cancelledAt: time }]

    await reduce(order(11, 1, 2), order(12, 1, 1))

    expect(entered().remaining).toEqual([{ id: 1, qty: 2 }])
    expect(commits[0]?.recorded).toMatchObject([{ event: { body: { orderId: 12 } } }])
    expect(publish).not.toHaveBeenCalled()
  })

  it('decides an order whose id belonged to one that was cancelled before it was placed', async () => {
    const cancelledAt = '2026-11-21T09:59:59.999Z'
    row.decisions = [{ orderId: 11, productId: 1, quantity: 0, outcome: 'cancelled', cancelledAt }]

    await reduce(order(11, 1, 2))

    expect(writes[0]?.bindings).toEqual([[11]])
    expect(entered().remaining).toEqual([{ id: 1, qty: 1 }])
  })

  it.each([
    ['another product', { orderId: 11, productId: 2, quantity: 2, outcome: 'sale' }],
    ['more pieces', { orderId: 11, productId: 1, quantity: 3, outcome: 'sale' }],
    [
      'another product that was refused',
      { orderId: 11, productId: 2, quantity: 0, outcome: 'insufficient-stock' },
    ],
  ] as const)('decides an order under whose id the ledger has %s', async (_, foreign) => {
    row.decisions = [{ ...foreign, cancelledAt: null }]

    await reduce(order(11, 1, 2))

    expect(writes[0]?.bindings).toEqual([[11]])
    expect(entered().remaining).toEqual([{ id: 1, qty: 1 }])
    expect(commits[0]?.recorded).toMatchObject([
      { event: { body: { orderId: 11, productId: 1, quantity: 2 } } },
    ])
  })

  it('sends what is not about its order to the dead letters, and decides the rest', async () => {
    compareWithOrders.mockImplementation(async ([one, ...own]) => ({
      own,
      refused: one ? [{ message: one, reason: 'there is no order 11' }] : [],
    }))

    await reduce(order(11, 1, 1), order(12, 1, 2))

    expect(entered().remaining).toEqual([{ id: 1, qty: 1 }])
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

    expect(commits[0]?.recorded).toMatchObject([{ event: { body: { timestamp } } }])
  })

  it('takes stock once for an order that comes twice in a batch', async () => {
    await reduce(order(11, 1, 2), order(11, 1, 2))

    expect(entered().remaining).toEqual([{ id: 1, qty: 1 }])
    expect(commits[0]?.recorded).toHaveLength(1)
  })

  it('shows the changed products to every instance', async () => {
    await reduce(order(11, 1, 3))

    expect(writeThrough.mock.calls).toEqual([[[shown]]])
    expect(warmProducts).not.toHaveBeenCalled()
  })

  it('shows the products of orders that were decided before once more', async () => {
    row.decisions = [{ orderId: 12, productId: 5, quantity: 2, outcome: 'sale', cancelledAt: null }]

    await reduce(order(11, 1, 3), order(12, 5, 2))

    expect(writeThrough.mock.calls).toEqual([[[shown]]])
    expect(warmProducts.mock.calls).toEqual([[[5]]])
  })

  it('returns the batch while the database is away', async () => {
    readAndCommit.mockImplementation(() => Promise.reject(new Unavailable('database', 'connection refused')))

    const outcome = reduce(order(11, 1, 1))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(writeThrough).not.toHaveBeenCalled()
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
    expect(commits[0]?.recorded.map(({ event }) => event.body)).toEqual([
      expect.objectContaining({ orderId: 11 }),
      expect.objectContaining({ orderId: 12 }),
    ])
  })
})
