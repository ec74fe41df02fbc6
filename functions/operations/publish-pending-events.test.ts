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

  it('ends after 20 full rounds, so that it stays within its time', async () => {
    claimOutboxRows.mockImplementation(async (_trx, domain) => (domain === 'products' ? aFullRound : []))

    const outcome = await run()

    expect(outcome).toEqual({ products: 1000, orders: 0 })
  })
})
