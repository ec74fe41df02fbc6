import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Decision, Statement } from '@stockroom/database/pipelined'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { rmqEvent } from '../../tests/support/rmq-event.ts'
import type { EarlierDecision } from './stock.ts'
import type { LockedRow } from './stock-store.ts'

process.env.LOG_LEVEL = 'silent'
const { commits, clear, commitAndPublish } = recordedCommits()
const readAndCommit = jest.fn()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
const warmProducts = jest.fn<typeof import('./catalogue.ts').warmProducts>()
const compareWithOrders = jest.fn<typeof import('../orders/placed-orders.ts').compareWithOrders>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitAndPublish }))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish: jest.fn() }))
jest.unstable_mockModule('@stockroom/database/pipelined', () => ({ readAndCommit }))
jest.unstable_mockModule('../orders/placed-orders.ts', () => ({ compareWithOrders }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough, warmProducts }))
const { handler } = await import('./return-stock-on-order-cancelled.ts')

const time = '2026-11-21T10:00:00.000Z'
const isTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const product = { id: 1, name: 'Lamp', price: 2, qty: 7, createdAt: time, updatedAt: time }

const cancelled = (orderId: number) => ({
  type: 'order.cancelled',
  correlationId: `request-${orderId}`,
  body: { orderId, productId: 1, quantity: 2, timestamp: time },
})
const sale = (orderId: number, cancelledAt: string | null = null, quantity = 2): EarlierDecision => ({
  orderId,
  productId: 1,
  quantity,
  outcome: 'sale',
  cancelledAt,
})
const giveBack = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'stock-return', messages }), lambdaContext())

let row: LockedRow
let writes: Statement[]

beforeEach(() => {
  clear()
  row = { stock: [{ id: 1, qty: 5, isLocked: false }], decisions: null }
  writes = []
  readAndCommit.mockReset().mockImplementation(async (_domain, _read, decide) => {
    const decision = (decide as (rows: LockedRow[]) => Decision<object, unknown>)([row])
    writes.push(...decision.writes)
    return decision.result(decision.writes.length > 0 ? [{ ...product, version: 9 }] : [])
  })
  compareWithOrders.mockReset().mockImplementation(async (messages) => ({ own: [...messages], refused: [] }))
  writeThrough.mockReset().mockResolvedValue()
  warmProducts.mockReset().mockResolvedValue({ warmed: [], missing: [] })
})

const entered = () => {
  const [entries, remaining] = (writes.at(-1)?.bindings ?? ['[]', '[]']) as string[]
  return { entries: JSON.parse(entries as string), remaining: JSON.parse(remaining as string) }
}

const recorded = (orderId: number, quantity: number) => ({
  event: { name: 'stock.returned', body: { orderId, productId: 1, quantity, timestamp: isTime } },
  correlationId: `request-${orderId}`,
})

describe('returnStock', () => {
  it('gives back what the orders took, shows it, and tells of each', async () => {
    row.decisions = [sale(11), sale(12)]

    await giveBack(cancelled(11), cancelled(12))

    expect(entered().entries).toMatchObject([
      { orderId: 11, change: 2, kind: 'return' },
      { orderId: 12, change: 2, kind: 'return' },
    ])
    expect(entered().remaining).toEqual([{ id: 1, qty: 9 }])
    expect(writeThrough.mock.calls).toEqual([[[{ product, version: 9 }]]])
    expect(commits).toEqual([{ recorded: [recorded(11, 2), recorded(12, 2)] }])
  })

  it('gives nothing back twice, within a batch or later, and tells and shows it again', async () => {
    row.decisions = [sale(11)]
    await giveBack(cancelled(11), cancelled(11))
    expect(entered().remaining).toEqual([{ id: 1, qty: 7 }])
    writes = []
    row.decisions = [sale(11, time)]

    await giveBack(cancelled(11))

    expect(writes).toEqual([])
    expect(commits.map((commit) => commit.recorded)).toEqual([[recorded(11, 2)], [recorded(11, 2)]])
    expect(warmProducts.mock.calls).toEqual([[[1]]])
  })

  it('notes an order that was not decided, so that it gets nothing, and tells of no pieces', async () => {
    await giveBack(cancelled(11))

    expect(entered().entries).toMatchObject([{ orderId: 11, change: 0, kind: 'cancelled' }])
    expect(commits[0]?.recorded).toEqual([recorded(11, 0)])
  })

  it('frees the id of an order that is gone before it notes the one that has it now', async () => {
    row.decisions = [sale(11, null, 5)]

    await giveBack(cancelled(11))

    expect(writes[0]?.bindings).toEqual([[11]])
    expect(entered().entries).toMatchObject([{ orderId: 11, kind: 'cancelled' }])
  })
})
