import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { cancelledOrders } from '@stockroom/telemetry/shop-metrics'
import { announcements } from '../../tests/support/announcements.ts'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import type { Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitAndAnnounce } = announcements()
const lockOrder = jest.fn<typeof import('./order-store.ts').lockOrder>()
const cancelOrder = jest.fn<typeof import('./order-store.ts').cancelOrder>()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({
  commitAndAnnounce,
  commitAndPublish: jest.fn(),
}))
jest.unstable_mockModule('./order-store.ts', () => ({ lockOrder, cancelOrder }))
jest.unstable_mockModule('./placement-store.ts', () => ({ placeOrders: jest.fn() }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders }))
const { handler } = await import('./cancel-order.ts')

const request = { route: 'POST /orders/{id}/cancellation', path: { id: '42' } }
const pending: Order = {
  id: 42,
  productId: 7,
  quantity: 3,
  unitPrice: 2,
  totalPrice: 6,
  status: 'pending',
  reason: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  settledAt: null,
}
const confirmed: Order = { ...pending, status: 'confirmed', settledAt: '2026-11-21T10:00:01.000Z' }
const cancelled: Order = { ...pending, status: 'cancelled', settledAt: '2026-11-21T10:00:09.000Z' }

beforeEach(() => {
  clear()
  lockOrder.mockReset().mockResolvedValue(confirmed)
  cancelOrder.mockReset().mockResolvedValue(cancelled)
  refreshRecentOrders.mockReset().mockResolvedValue()
})

describe('POST /orders/{id}/cancellation', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => cancelOrder.mockRejectedValueOnce(error),
  })

  it.each([pending, confirmed])('cancels an order that is $status, and counts it', async (order) => {
    lockOrder.mockResolvedValue(order)
    const before = cancelledOrders.of(order.status).value

    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, body: cancelled })
    expect(cancelOrder.mock.calls).toEqual([[trx, 42]])
    expect(cancelledOrders.of(order.status).value - before).toBe(1)
    expect(refreshRecentOrders.mock.calls).toEqual([[[cancelled]]])
  })

  it('tells of it in the same transaction', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(commits).toEqual([
      {
        domain: 'orders',
        told: [
          {
            event: {
              name: 'order.cancelled',
              body: { orderId: 42, productId: 7, quantity: 3, timestamp: cancelled.settledAt },
            },
            correlationId: 'r1',
          },
        ],
      },
    ])
  })

  it('answers alike when it is asked again, and changes and tells nothing', async () => {
    lockOrder.mockResolvedValue(cancelled)

    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, body: cancelled })
    expect(cancelOrder).not.toHaveBeenCalled()
    expect(commits[0]?.told).toEqual([])
  })

  it('refuses an order that is rejected', async () => {
    lockOrder.mockResolvedValue({ ...confirmed, status: 'rejected', reason: 'insufficient-stock' })

    const answer = await send(handler, request)

    expect(answer.body).toEqual(problem(409, 'order-rejected'))
    expect(cancelOrder).not.toHaveBeenCalled()
  })

  it('answers 404 for an order that does not exist, and for what is no id', async () => {
    lockOrder.mockResolvedValue(undefined)
    const missing = await send(handler, request)
    const noId = await send(handler, { path: { id: 'product' } })

    expect(missing.body).toEqual(problem(404, 'order-not-found'))
    expect(noId.body).toEqual(problem(404, 'order-not-found'))
    expect(commits).toEqual([])
  })
})
