import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import type { Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const cancelOrder = jest.fn<typeof import('./cancellation.ts').cancelOrder>()
jest.unstable_mockModule('./cancellation.ts', () => ({ cancelOrder }))
const { handler } = await import('./cancel-order.ts')

const request = { route: 'POST /orders/{id}/cancellation', path: { id: '42' } }
const cancelled: Order = {
  id: 42,
  productId: 7,
  quantity: 3,
  unitPrice: 2,
  totalPrice: 6,
  status: 'cancelled',
  reason: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  settledAt: '2026-11-21T10:00:09.000Z',
}

beforeEach(() => {
  cancelOrder.mockReset().mockResolvedValue(cancelled)
})

describe('POST /orders/{id}/cancellation', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => cancelOrder.mockRejectedValueOnce(error),
  })

  it('answers 200 with the order, which is cancelled', async () => {
    const answer = await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(answer).toMatchObject({ statusCode: 200, body: cancelled })
    expect(cancelOrder.mock.calls).toEqual([
      [{ orderId: 42, requestId: 'r1', traceparent: expect.any(String) }],
    ])
  })

  it('refuses an order that is rejected', async () => {
    const order: Order = { ...cancelled, status: 'rejected', reason: 'insufficient-stock' }
    cancelOrder.mockResolvedValue(order)

    expect((await send(handler, request)).body).toEqual(problem(409, 'order-rejected'))
  })

  it('answers 404 for an order that does not exist', async () => {
    cancelOrder.mockResolvedValue(undefined)

    const answer = await send(handler, request)

    expect(answer.body).toEqual(problem(404, 'order-not-found'))
  })
})
