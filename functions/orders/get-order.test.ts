import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const findOrder = jest.fn<typeof import('./order-store.ts').findOrder>()
jest.unstable_mockModule('./order-store.ts', () => ({ findOrder }))
const { handler } = await import('./get-order.ts')

const request = { route: 'GET /orders/{id}', path: { id: '42' } }
const order = {
  id: 42,
  productId: 7,
  quantity: 3,
  unitPrice: 19.99,
  totalPrice: 59.97,
  status: 'rejected' as const,
  reason: 'insufficient-stock' as const,
  createdAt: '2026-11-21T10:00:00.000Z',
  settledAt: '2026-11-21T10:00:01.000Z',
}

beforeEach(() => {
  findOrder.mockReset().mockResolvedValue(order)
})

describe('GET /orders/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => findOrder.mockRejectedValueOnce(error),
  })

  it('answers 200 with the order', async () => {
    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual(order)
    expect(findOrder.mock.calls).toEqual([[42]])
  })

  it('answers 404 for an order that does not exist', async () => {
    findOrder.mockResolvedValue(undefined)

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'order-not-found'))
  })
})
