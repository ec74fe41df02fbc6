import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('../products/catalogue.ts').findProduct>()
const recentOrders = jest.fn<typeof import('../orders/recent-orders.ts').recentOrders>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ findProduct }))
jest.unstable_mockModule('../orders/recent-orders.ts', () => ({ recentOrders }))
const { handler } = await import('./show-product.ts')

const request = { route: 'GET /products/{id}', path: { id: '7' } }
const time = '2026-11-21T10:00:00.000Z'
const product = { id: 7, name: 'Lamp', price: 19.99, qty: 5, createdAt: time, updatedAt: time }

beforeEach(() => {
  findProduct.mockReset().mockResolvedValue({ value: product, hit: true })
  recentOrders.mockReset().mockResolvedValue({ value: { page: [] }, hit: true })
})

describe('GET /products/{id}', () => {
  itKeepsTheEndpointPromises(handler, { request, fails: (error) => findProduct.mockRejectedValueOnce(error) })

  it('shows the product alone', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-cache': 'HIT' } })
    expect(answer.body).toEqual(product)
  })

  it('shows the product with its orders where the id ends so', async () => {
    const answer = await send(handler, { path: { id: '7-with-orders' } })

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual({ ...product, orders: [] })
    expect(findProduct).toHaveBeenCalledWith(7)
  })

  it.each(['x-with-orders', '-with-orders', '7-with-orders-with-orders', '7_with_orders', '7-with-order'])(
    'says 404 to the id %s',
    async (id) => {
      const answer = await send(handler, { path: { id } })

      expect(answer.body).toEqual(problem(404, 'product-not-found'))
      expect(findProduct).not.toHaveBeenCalled()
    },
  )
})
