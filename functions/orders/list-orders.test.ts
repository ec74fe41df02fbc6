import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import type { Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const recentOrders = jest.fn<typeof import('./recent-orders.ts').recentOrders>()
jest.unstable_mockModule('./recent-orders.ts', () => ({ recentOrders }))
const { handler } = await import('./list-orders.ts')

const request = { route: 'GET /orders/product/{productId}', path: { productId: '7' } }
const order = (id: number): Order => ({
  id,
  productId: 7,
  quantity: 1,
  unitPrice: 2,
  totalPrice: 2,
  status: 'pending',
  reason: null,
  createdAt: '2026-11-21T10:00:00.000Z',
  settledAt: null,
})

beforeEach(() => {
  recentOrders.mockReset().mockResolvedValue({ value: { page: [order(9), order(8)] }, hit: false })
})

describe('GET /orders/product/{productId}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => recentOrders.mockRejectedValueOnce(error),
  })

  it('answers 200 with the orders, and no Link when that is all', async () => {
    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual([order(9), order(8)])
    expect(answer.headers.link).toBeUndefined()
  })

  it('asks for the newest 20 orders unless the client says otherwise', async () => {
    await send(handler, request)

    expect(recentOrders.mock.calls).toEqual([[7, { limit: 20, before: undefined }]])
  })

  it.each([
    ['HIT', true],
    ['MISS', false],
  ])('says X-Cache: %s when the cache hit is %s', async (header, hit) => {
    recentOrders.mockResolvedValue({ value: { page: [] }, hit })

    const answer = await send(handler, request)

    expect(answer.headers['x-cache']).toBe(header)
  })

  it('links to the next page of the same product and size, which begins where this one ends', async () => {
    recentOrders.mockResolvedValue({ value: { page: [order(9), order(8)], next: 8 }, hit: false })
    const first = await send(handler, { ...request, query: { limit: '2' } })
    const [, path, cursor] = /^<(.+)\?limit=2&cursor=(\w+)>; rel="next"$/.exec(first.headers.link ?? '') ?? []

    await send(handler, { ...request, query: { limit: '2', cursor: cursor as string } })

    expect(path).toBe('/orders/product/7')
    expect(recentOrders).toHaveBeenLastCalledWith(7, { limit: 2, before: 8 })
  })

  it('answers an empty array for an integer that is larger than any id', async () => {
    const answer = await send(handler, { path: { productId: '9007199254740993' } })

    expect(answer.statusCode).toBe(200)
    expect(answer.headers['x-cache']).toBe('MISS')
    expect(answer.body).toEqual([])
    expect(recentOrders).not.toHaveBeenCalled()
  })

  it.each(['-1', '1.5', '7x'])('answers 404 for the product id "%s"', async (productId) => {
    const answer = await send(handler, { path: { productId } })

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'product-not-found'))
  })
})
