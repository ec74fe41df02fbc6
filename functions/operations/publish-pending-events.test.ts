import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { OutboxEvent } from '@stockroom/database/outbox'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const claimPendingEvents = jest.fn<typeof import('@stockroom/database/outbox').claimPendingEvents>()
const removeFromOutbox = jest.fn<typeof import('@stockroom/database/outbox').removeFromOutbox>()
const postponeEvents = jest.fn<typeof import('@stockroom/database/outbox').postponeEvents>()
const publishEvents = jest.fn<typeof import('@stockroom/messaging/announce').publishEvents>()
const warmProducts = jest.fn<typeof import('../products/catalogue.ts').warmProducts>()
const recordBacklog = jest.fn<typeof import('@stockroom/messaging/backlog').recordBacklog>()
const transaction = jest.fn<(domain: string, work: (trx: never) => Promise<unknown>) => Promise<unknown>>()
jest.unstable_mockModule('@stockroom/database/outbox', () => ({
  claimPendingEvents,
  removeFromOutbox,
  postponeEvents,
}))
jest.unstable_mockModule('@stockroom/database/query', () => ({ transaction }))
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({ publishEvents }))
jest.unstable_mockModule('@stockroom/messaging/backlog', () => ({ recordBacklog }))
jest.unstable_mockModule('../products/catalogue.ts', () => ({ warmProducts }))
const { handler } = await import('./publish-pending-events.ts')

const trx = { of: 'the test' } as never
const events = (...ids: string[]): OutboxEvent[] =>
  ids.map((id) => ({
    id,
    messageId: `order.created:${id}`,
    name: 'order.created',
    body: {},
    correlationId: null,
    traceparent: null,
    createdAt: '2026-11-21T10:00:00.000Z',
    attempts: 0,
  }))
const aFullRound = events(...Array.from({ length: 500 }, (_, index) => `event-${index}`))
const run = () => handler({}, lambdaContext())

/** Lets the outbox of `products` hold these rounds, one after the other, and that of `orders` nothing. */
const productsOutbox = (...rounds: OutboxEvent[][]) =>
  claimPendingEvents.mockImplementation(async (_trx, domain) =>
    domain === 'products' ? (rounds.shift() ?? []) : [],
  )

beforeEach(() => {
  transaction.mockReset().mockImplementation(async (_domain, work) => work(trx))
  claimPendingEvents.mockReset().mockResolvedValue([])
  removeFromOutbox.mockReset().mockResolvedValue()
  postponeEvents.mockReset().mockResolvedValue()
  recordBacklog.mockReset().mockResolvedValue()
  publishEvents.mockReset().mockImplementation(async (_domain, pending) => pending.map(({ id }) => id))
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
    claimPendingEvents.mockImplementation(async (_trx, domain) =>
      domain === 'products' ? events('a', 'b') : events('c'),
    )

    const outcome = await run()

    expect(outcome).toEqual({ products: 2, orders: 1 })
    expect(transaction.mock.calls.map(([domain]) => domain)).toEqual(['products', 'orders'])
    expect(publishEvents.mock.calls).toEqual([
      ['products', events('a', 'b')],
      ['orders', events('c')],
    ])
  })

  it('publishes what one domain holds while the database of the other is away', async () => {
    claimPendingEvents.mockResolvedValue(events('c'))
    transaction.mockImplementation(async (domain, work) => {
      if (domain === 'products') throw new Unavailable('database', 'ECONNREFUSED')
      return work(trx)
    })

    const outcome = run()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(removeFromOutbox.mock.calls).toEqual([[trx, 'orders', ['c']]])
  })

  it('removes what the broker confirmed and puts the rest off, in the transaction that holds the rows', async () => {
    productsOutbox(events('a', 'b', 'c'))
    publishEvents.mockImplementation(async (_domain, pending) => (pending.length ? ['b'] : []))

    const outcome = await run()

    expect(outcome).toEqual({ products: 1, orders: 0 })
    expect(removeFromOutbox.mock.calls).toContainEqual([trx, 'products', ['b']])
    expect(postponeEvents.mock.calls).toContainEqual([trx, 'products', ['a', 'c']])
  })

  it('shows the products whose changes were left, as whoever made them may have died before', async () => {
    const [changed, sold] = events('a', 'b') as [OutboxEvent, OutboxEvent]
    productsOutbox([
      { ...changed, name: 'product.updated', body: { id: 7 } },
      { ...sold, name: 'stock.reduced', body: { productId: 8 } },
    ])

    await run()

    expect(warmProducts.mock.calls).toEqual([[[7]]])
  })

  it('takes another round while rounds are full', async () => {
    productsOutbox(aFullRound, aFullRound, events('last'))

    const outcome = await run()

    expect(outcome).toMatchObject({ products: 1001 })
    expect(claimPendingEvents.mock.calls.every(([, , limit]) => limit === 500)).toBe(true)
  })

  it('ends after 20 full rounds, so that it stays within its time', async () => {
    claimPendingEvents.mockImplementation(async (_trx, domain) => (domain === 'products' ? aFullRound : []))

    const outcome = await run()

    expect(outcome).toEqual({ products: 10_000, orders: 0 })
  })

  it('fails while the broker is away, and leaves every event where it is', async () => {
    productsOutbox(events('a'))
    publishEvents.mockRejectedValue(new Unavailable('broker', 'not connected'))

    const outcome = run()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable' })
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })
})
