import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const recentOrders = jest.fn<typeof import('./recent-orders.ts').recentOrders>()
jest.unstable_mockModule('./recent-orders.ts', () => ({ recentOrders }))
const { handler } = await import('./list-orders.ts')

const request = { route: 'GET /orders/product/{productId}', path: { productId: '7' } }
const page = [exampleOrder as Order]

beforeEach(() => {
  recentOrders.mockReset().mockResolvedValue({ value: { page }, hit: false })
})

describe('GET /orders/product/{productId}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => recentOrders.mockRejectedValueOnce(error),
  })

  it.each([
    ['HIT', true],
    ['MISS', false],
  ])('answers 200 with the newest 20 orders, and X-Cache: %s when the hit is %s', async (header, hit) => {
    recentOrders.mockResolvedValue({ value: { page }, hit })

    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-cache': header }, body: page })
    expect(answer.headers.link).toBeUndefined()
    expect(recentOrders.mock.calls).toEqual([[7, { limit: 20, before: undefined }]])
  })

  it('links to the next page of the same product and size, which begins where this one ends', async () => {
    recentOrders.mockResolvedValue({ value: { page, next: 8 }, hit: false })
    const first = await send(handler, { ...request, query: { limit: '2' } })
    const [, path, cursor = ''] =
      /^<(.+)\?limit=2&cursor=(\w+)>; rel="next"$/.exec(first.headers.link ?? '') ?? []

    await send(handler, { ...request, query: { limit: '2', cursor } })

    expect(path).toBe('/orders/product/7')
    expect(recentOrders).toHaveBeenLastCalledWith(7, { limit: 2, before: 8 })
  })

  it('answers an empty array for an integer that is larger than any id', async () => {
    const answer = await send(handler, { path: { productId: '9007199254740993' } })

    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-cache': 'MISS' }, body: [] })
    expect(recentOrders).not.toHaveBeenCalled()
  })

  it.each(['-1', '1.5', '7x'])('answers 404 for the product id "%s"', async (productId) => {
    const answer = await send(handler, { path: { productId } })

    expect(answer.body).toEqual(problem(404, 'product-not-found'))
  })
})
