import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const claimOutboxRows = jest.fn<typeof import('@stockroom/database/outbox').claimOutboxRows>()
const removeFromOutbox = jest.fn<typeof import('@stockroom/database/outbox').removeFromOutbox>()
const postponeOutboxRows = jest.fn<typeof import('@stockroom/database/outbox').postponeOutboxRows>()
const publishRows = jest.fn<typeof import('@stockroom/messaging/commit-and-publish').publishRows>()
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
jest.unstable_mockModule('../products/catalogue.ts', () => ({ warmProducts: jest.fn() }))
const { handler } = await import('./publish-pending-events.ts')

const trx = { of: 'the test' } as never
const row = { id: 'c', events: [] }
const run = () => handler({}, lambdaContext())

beforeEach(() => {
  transaction.mockReset().mockImplementation(async (_domain, work) => work(trx))
  claimOutboxRows.mockReset().mockResolvedValue([])
  removeFromOutbox.mockReset().mockResolvedValue()
  postponeOutboxRows.mockReset().mockResolvedValue()
  recordBacklog.mockReset().mockResolvedValue()
  publishRows.mockReset().mockImplementation(async (_domain, pending) => pending.map(({ id }) => id))
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
    claimOutboxRows.mockResolvedValue([row])
    transaction.mockImplementation(async (domain, work) => {
      if (domain === 'products') throw new Unavailable('database', 'ECONNREFUSED')
      return work(trx)
    })

    await expect(run()).rejects.toMatchObject({ name: 'Unavailable' })
    expect(removeFromOutbox.mock.calls).toEqual([[trx, 'orders', ['c']]])
  })

  it('ends after 20 full rounds, so that it stays within its time', async () => {
    claimOutboxRows.mockImplementation(async (_trx, domain, limit) =>
      Array(domain === 'products' ? limit : 0).fill(row),
    )

    await run()

    expect(claimOutboxRows.mock.calls.map(([, domain]) => domain).sort()).toEqual([
      'orders',
      ...Array(20).fill('products'),
    ])
  })
})
