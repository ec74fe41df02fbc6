import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from '../orders/order.ts'
import { exampleProduct as product } from '../products/product.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('../products/catalogue.ts').findProduct>()
const recentOrders = jest.fn<typeof import('../orders/recent-orders.ts').recentOrders>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ findProduct }))
jest.unstable_mockModule('../orders/recent-orders.ts', () => ({ recentOrders }))
const { handler } = await import('./get-product-with-orders.ts')

const request = { route: 'GET /products/{id}/with-orders', path: { id: '7' } }
const order = exampleOrder as Order

beforeEach(() => {
  findProduct.mockReset().mockResolvedValue({ value: product, hit: true })
  recentOrders.mockReset().mockResolvedValue({ value: { page: [order] }, hit: true })
})

afterEach(() => {
  jest.useRealTimers()
})

describe('GET /products/{id}/with-orders', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => findProduct.mockRejectedValueOnce(error),
  })

  it('answers 200 with the product and its newest 20 orders', async () => {
    const answer = await send(handler, request)

    expect([answer.statusCode, answer.body]).toEqual([200, { ...product, orders: [order] }])
    expect(recentOrders.mock.calls).toEqual([[7, { limit: 20, before: undefined }]])
  })

  it('shows a product that nobody ordered with no orders', async () => {
    recentOrders.mockResolvedValue({ value: null, hit: false })

    expect((await send(handler, request)).body).toEqual({ ...product, orders: [] })
  })

  it.each([
    ['is away', new Unavailable('database', 'connect ECONNREFUSED 10.0.0.7:5432')],
    ['fails', new Error('relation orders.orders does not exist')],
  ])('shows the product without orders, and says so, when the orders half %s', async (_, error) => {
    recentOrders.mockRejectedValue(error)

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual({ ...product, orders: null, warnings: [expect.any(String)] })
    expect(answer.body.warnings[0]).not.toMatch(/10\.0\.0\.7|relation/)
  })

  it('shows the product without orders when the orders half is silent', async () => {
    jest.useFakeTimers()
    recentOrders.mockReturnValue(new Promise(() => {}))

    const answer = send(handler, request)
    await jest.advanceTimersByTimeAsync(1000)

    expect(await answer).toMatchObject({ statusCode: 200, body: { orders: null } })
  })

  it('answers 404 for a product that does not exist, whatever its orders', async () => {
    findProduct.mockResolvedValue({ value: null, hit: false })

    expect((await send(handler, request)).body).toEqual(problem(404, 'product-not-found'))
  })
})
