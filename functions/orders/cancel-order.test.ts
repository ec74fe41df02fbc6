import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const cancelOrder = jest.fn<typeof import('./cancellation.ts').cancelOrder>()
jest.unstable_mockModule('./cancellation.ts', () => ({ cancelOrder }))
const { handler } = await import('./cancel-order.ts')

const request = { route: 'POST /orders/{id}/cancellation', path: { id: '42' } }
const cancelled = { ...exampleOrder, status: 'cancelled', settledAt: exampleOrder.createdAt } as Order

beforeEach(() => {
  cancelOrder.mockReset().mockResolvedValue(cancelled)
})

// What a cancellation does: tests/integration/database/cancel-order.test.ts.
describe('POST /orders/{id}/cancellation', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => cancelOrder.mockRejectedValueOnce(error),
  })

  it('answers 200 with the order, cancelled under the trace of the request', async () => {
    const answer = await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(answer).toMatchObject({ statusCode: 200, body: cancelled })
    expect(cancelOrder.mock.calls).toEqual([
      [{ orderId: 42, requestId: 'r1', traceparent: expect.any(String) }],
    ])
  })

  it('answers 404 for an order that does not exist', async () => {
    cancelOrder.mockResolvedValue(undefined)

    expect((await send(handler, request)).body).toEqual(problem(404, 'order-not-found'))
  })
})
