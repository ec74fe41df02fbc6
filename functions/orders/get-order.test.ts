import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const findOrder = jest.fn<typeof import('./order-store.ts').findOrder>()
jest.unstable_mockModule('./order-store.ts', () => ({ findOrder }))
const { handler } = await import('./get-order.ts')

const request = { route: 'GET /orders/{id}', path: { id: '42' } }

beforeEach(() => {
  findOrder.mockReset().mockResolvedValue(exampleOrder as Order)
})

describe('GET /orders/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => findOrder.mockRejectedValueOnce(error),
  })

  it('answers 200 with the order, and 404 when there is none', async () => {
    const found = await send(handler, request)
    findOrder.mockResolvedValue(undefined)
    const missing = await send(handler, request)

    expect([found.statusCode, found.body]).toEqual([200, exampleOrder])
    expect(missing.body).toEqual(problem(404, 'order-not-found'))
    expect(findOrder.mock.calls).toEqual([[42], [42]])
  })
})
