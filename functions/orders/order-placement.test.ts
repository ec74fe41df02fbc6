import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { announcements } from '../../tests/support/announcements.ts'
import type { Order } from './order.ts'
import type { OrderDraft } from './order-store.ts'

const { trx, commits, clear, commitAndAnnounce } = announcements()
const insertOrders = jest.fn<typeof import('./order-store.ts').insertOrders>()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({ commitAndAnnounce }))
jest.unstable_mockModule('./order-store.ts', () => ({ insertOrders }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders }))
const { placeOrder } = await import('./order-placement.ts')

const time = '2026-11-21T10:00:00.000Z'
const draft = (productId: number): OrderDraft => ({
  productId,
  quantity: 2,
  unitPrice: 1.5,
  totalPrice: 3,
  requestId: `request-${productId}`,
})
const orderOf = ({ requestId: _, ...rest }: OrderDraft): Order => ({
  ...rest,
  id: 100 + rest.productId,
  status: 'pending',
  reason: null,
  createdAt: time,
  settledAt: null,
})

beforeEach(() => {
  clear()
  insertOrders.mockReset().mockImplementation(async (_trx, drafts) => drafts.map(orderOf))
  refreshRecentOrders.mockReset().mockResolvedValue()
})

describe('placeOrder', () => {
  it('stores the order and its event in one commit', async () => {
    const placed = await placeOrder(draft(7))

    expect(placed.order).toEqual(orderOf(draft(7)))
    expect(insertOrders.mock.calls).toEqual([[trx, [draft(7)]]])
    expect(commits).toEqual([
      {
        domain: 'orders',
        told: [
          {
            event: {
              name: 'order.created',
              body: { orderId: 107, productId: 7, quantity: 2, totalPrice: 3, timestamp: time },
            },
            correlationId: 'request-7',
          },
        ],
      },
    ])
  })

  it('shares a commit among the orders that arrive at the same time, and gives each its own', async () => {
    const placed = await Promise.all([placeOrder(draft(1)), placeOrder(draft(2)), placeOrder(draft(3))])

    expect(commits).toHaveLength(1)
    expect(placed.map(({ order }) => order.id)).toEqual([101, 102, 103])
    expect(commits[0]?.told.map(({ event, correlationId }) => [event.body, correlationId])).toEqual([
      [expect.objectContaining({ orderId: 101 }), 'request-1'],
      [expect.objectContaining({ orderId: 102 }), 'request-2'],
      [expect.objectContaining({ orderId: 103 }), 'request-3'],
    ])
  })

  it('drops the cached lists of its products after the commit and before it resolves', async () => {
    const steps: string[] = []
    insertOrders.mockImplementation(async (_trx, drafts) => {
      steps.push('insert')
      return drafts.map(orderOf)
    })
    refreshRecentOrders.mockImplementation(async () => {
      steps.push(`refresh after ${commits.length} commit`)
    })

    await placeOrder(draft(7)).then(() => steps.push('placed'))

    expect(steps).toEqual(['insert', 'refresh after 1 commit', 'placed'])
    expect(refreshRecentOrders.mock.calls).toEqual([[[orderOf(draft(7))]]])
  })

  it('fails for every order of a commit that fails', async () => {
    insertOrders.mockRejectedValueOnce(new Error('no connection'))

    const outcomes = await Promise.allSettled([placeOrder(draft(1)), placeOrder(draft(2))])

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(refreshRecentOrders).not.toHaveBeenCalled()
  })
})
