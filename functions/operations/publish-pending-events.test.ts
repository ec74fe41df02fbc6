import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { OutboxRow } from '@stockroom/database/outbox'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const claimOutboxRows = jest.fn<typeof import('@stockroom/database/outbox').claimOutboxRows>()
const removeFromOutbox = jest.fn<typeof import('@stockroom/database/outbox').removeFromOutbox>()
const postponeOutboxRows = jest.fn<typeof import('@stockroom/database/outbox').postponeOutboxRows>()
const publishRows = jest.fn<typeof import('@stockroom/messaging/commit-and-publish').publishRows>()
const warmProducts = jest.fn<typeof import('../products/catalogue.ts').warmProducts>()
const recordBacklog = jest.fn<typeof import('@stockroom/messaging/backlog').recordBacklog>()
const transaction = jest.fn<(domain: string, work: (trx: never) => Promise<unknown>) => Promise<unknown>>()
jest.unstable_mockModule('@stockroom/database/outbox', () => ({
  claimOutboxRows,
  removeFromOutbox,
  postponeOutboxRows,
}))
jest.unstable_mockModule('@stockroom/database/query', () => ({ transaction }))
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ publishRows }))
jest.unstable_mockModule('@stockroom/messaging/backlog', () => ({ recordBacklog }))
jest.unstable_mockModule('../products/catalogue.ts', () => ({ warmProducts }))
const { handler } = await import('./publish-pending-events.ts')

const trx = { of: 'the test' } as never
/** Rows of one event each. */
const rows = (...ids: string[]): OutboxRow[] => ids.map((id) => rowOf(id, 'order.confirmed', {}))
const rowOf = (id: string, name: string, body: object): OutboxRow => ({
  id,
  events: [
    {
      messageId: `${name}:${id}`,
      name,
      body,
      correlationId: null,
      traceparent: null,
      createdAt: '2026-11-21T10:00:00.000Z',
    },
  ],
})
const aFullRound = rows(...Array.from({ length: 50 }, (_, index) => `row-${index}`))
const run = () => handler({}, lambdaContext())

/** Lets the outbox of `products` hold these rounds, one after the other, and that of `orders` nothing. */
const productsOutbox = (...rounds: OutboxRow[][]) =>
  claimOutboxRows.mockImplementation(async (_trx, domain) =>
    domain === 'products' ? (rounds.shift() ?? []) : [],
  )

beforeEach(() => {
  transaction.mockReset().mockImplementation(async (_domain, work) => work(trx))
  claimOutboxRows.mockReset().mockResolvedValue([])
  removeFromOutbox.mockReset().mockResolvedValue()
  postponeOutboxRows.mockReset().mockResolvedValue()
  recordBacklog.mockReset().mockResolvedValue()
  publishRows.mockReset().mockImplementation(async (_domain, pending) => pending.map(({ id }) => id))
  warmProducts.mockReset().mockResolvedValue({ warmed: [], missing: [] })
})

describe('publishPendingEvents', () => {
  it('records on Lambda what waits, and only there', async () => {
    await run()
    const locally = recordBacklog.mock.calls.length
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    await run()
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect([locally, recordBacklog.mock.calls.length]).toEqual([0, 1])
  })

  it('publishes what both outboxes hold and says how much', async () => {
    claimOutboxRows.mockImplementation(async (_trx, domain) =>
      domain === 'products' ? rows('a', 'b') : rows('c'),
    )

    const outcome = await run()

    expect(outcome).toEqual({ products: 2, orders: 1 })
    expect(transaction.mock.calls.map(([domain]) => domain)).toEqual(['products', 'orders'])
    expect(publishRows.mock.calls).toEqual([
      ['products', rows('a', 'b')],
      ['orders', rows('c')],
    ])
  })

  it('publishes what one domain holds while the database of the other is away', async () => {
    claimOutboxRows.mockResolvedValue(rows('c'))
    transaction.mockImplementation(async (domain, work) => {
      if (domain === 'products') throw new Unavailable('database', 'ECONNREFUSED')
      return work(trx)
    })

    const outcome = run()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(removeFromOutbox.mock.calls).toEqual([[trx, 'orders', ['c']]])
  })

  it('removes what the broker confirmed and puts the rest off, in the transaction that holds the rows', async () => {
    productsOutbox(rows('a', 'b', 'c'))
    publishRows.mockImplementation(async (_domain, pending) => (pending.length ? ['b'] : []))

    const outcome = await run()

    expect(outcome).toEqual({ products: 1, orders: 0 })
    expect(removeFromOutbox.mock.calls).toContainEqual([trx, 'products', ['b']])
    expect(postponeOutboxRows.mock.calls).toContainEqual([trx, 'products', ['a', 'c']])
  })

  it('shows the products whose changes were left, as whoever made them may have died before', async () => {
    claimOutboxRows.mockImplementationOnce(async () => [
      rowOf('a', 'product.updated', { id: 7 }),
      rowOf('b', 'order.confirmed', { productId: 8 }),
    ])

    await run()

    expect(warmProducts.mock.calls).toEqual([[[7]]])
  })

  it('takes another round while rounds are full', async () => {
    productsOutbox(aFullRound, aFullRound, rows('last'))

    const outcome = await run()

    expect(outcome).toMatchObject({ products: 101 })
    expect(claimOutboxRows.mock.calls.every(([, , limit]) => limit === 50)).toBe(true)
  })

  it('ends after 20 full rounds, so that it stays within its time', async () => {
    claimOutboxRows.mockImplementation(async (_trx, domain) => (domain === 'products' ? aFullRound : []))

    const outcome = await run()

    expect(outcome).toEqual({ products: 1000, orders: 0 })
  })

  it('fails while the broker is away, and leaves every event where it is', async () => {
    productsOutbox(rows('a'))
    publishRows.mockRejectedValue(new Unavailable('broker', 'not connected'))

    const outcome = run()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })
})
