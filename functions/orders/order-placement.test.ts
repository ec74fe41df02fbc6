import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleOrder, type Order } from './order.ts'
import type { TracedRequest } from './order-placement.ts'
import type { OrderRequest, Placed } from './placement-store.ts'

const { commits, clear, commitAndPublish } = recordedCommits()
const placeOrders = jest.fn<typeof import('./placement-store.ts').placeOrders>()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitAndPublish }))
jest.unstable_mockModule('./placement-store.ts', () => ({ placeOrders }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders }))
const { placeOrder } = await import('./order-placement.ts')

const request = (productId: number, key?: string): TracedRequest => ({
  draft: { productId, quantity: 2, unitPrice: 1.5, totalPrice: 3, requestId: `request-${productId}` },
  idempotency: key === undefined ? undefined : { key, fingerprint: `fingerprint of ${key}` },
})
const orderOf = ({ draft: { requestId: _, ...draft } }: OrderRequest) =>
  ({ ...exampleOrder, ...draft, id: 100 + draft.productId }) as Order
const placed = (one: OrderRequest): Placed => ({ outcome: 'placed', order: orderOf(one) })

beforeEach(() => {
  clear()
  placeOrders.mockReset().mockImplementation(async (requests) => requests.map(placed))
  refreshRecentOrders.mockReset().mockResolvedValue()
})

describe('placeOrder', () => {
  it('shares a commit among the orders that arrive at the same time, gives each its own, and tells of each', async () => {
    const placements = await Promise.all([1, 2, 3].map((productId) => placeOrder(request(productId))))

    const recorded = (productId: number) => ({
      event: {
        name: 'order.created',
        body: {
          orderId: 100 + productId,
          productId,
          quantity: 2,
          totalPrice: 3,
          timestamp: exampleOrder.createdAt,
        },
      },
      correlationId: `request-${productId}`,
    })
    expect(commits).toEqual([{ recorded: [1, 2, 3].map(recorded) }])
    expect(placements).toMatchObject([1, 2, 3].map((productId) => placed(request(productId))))
  })

  it('keeps the answer, and not the next commit, waiting until lists show the order', async () => {
    const { promise: refreshed, resolve: refresh } = Promise.withResolvers<void>()
    refreshRecentOrders.mockReturnValueOnce(refreshed)
    let isAnswered = false

    const first = placeOrder(request(1)).then(() => {
      isAnswered = true
    })
    await eventually(() => commits.length === 1)
    await placeOrder(request(2))
    const wasAnsweredBefore = isAnswered
    refresh()
    await first

    expect(wasAnsweredBefore).toBe(false)
    expect(commits).toHaveLength(2)
    expect(refreshRecentOrders.mock.calls[0]).toEqual([[orderOf(request(1))]])
  })

  it('fails for every order of a commit that fails', async () => {
    placeOrders.mockRejectedValueOnce(new Error('no connection'))

    const outcomes = await Promise.allSettled([placeOrder(request(1)), placeOrder(request(2))])

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(refreshRecentOrders).not.toHaveBeenCalled()
  })
})
