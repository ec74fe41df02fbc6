import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleProduct as product } from '../products/product.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('../products/catalogue.ts').findProduct>()
const recentOrders = jest.fn<typeof import('../orders/recent-orders.ts').recentOrders>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ findProduct }))
jest.unstable_mockModule('../orders/recent-orders.ts', () => ({ recentOrders }))
const { handler } = await import('./show-product.ts')

const request = { route: 'GET /products/{id}', path: { id: '7' } }

beforeEach(() => {
  findProduct.mockReset().mockResolvedValue({ value: product, hit: true })
  recentOrders.mockReset().mockResolvedValue({ value: { page: [] }, hit: true })
})

describe('GET /products/{id}', () => {
  it('shows the product alone', async () => {
    expect((await send(handler, request)).body).toEqual(product)
  })

  it('shows the product with its orders where the id ends so', async () => {
    const answer = await send(handler, { path: { id: '7-with-orders' } })

    expect([answer.statusCode, answer.body]).toEqual([200, { ...product, orders: [] }])
    expect(findProduct).toHaveBeenCalledWith(7)
  })

  it.each(['x-with-orders', '-with-orders', '7-with-orders-with-orders', '7_with_orders'])(
    'says 404 to the id %s',
    async (id) => {
      const answer = await send(handler, { path: { id } })

      expect(answer.body).toEqual(problem(404, 'product-not-found'))
      expect(findProduct).not.toHaveBeenCalled()
    },
  )
})
