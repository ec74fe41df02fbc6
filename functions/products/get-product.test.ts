import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('./catalogue.ts').findProduct>()
jest.unstable_mockModule('./catalogue.ts', () => ({ findProduct }))
const { handler } = await import('./get-product.ts')

const request = { route: 'GET /products/{id}', path: { id: '7' } }
const createdAt = '2026-11-21T10:00:00.000Z'
const product = { id: 7, name: 'Lamp', price: 19.99, qty: 5, createdAt, updatedAt: createdAt }

beforeEach(() => {
  findProduct.mockReset().mockResolvedValue({ value: product, hit: false })
})

describe('GET /products/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => findProduct.mockRejectedValueOnce(error),
  })

  it('answers 200 with the product', async () => {
    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual(product)
    expect(findProduct.mock.calls).toEqual([[7]])
  })

  it.each([
    ['HIT', true],
    ['MISS', false],
  ])('says X-Cache: %s when the cache hit is %s', async (header, hit) => {
    findProduct.mockResolvedValue({ value: product, hit })

    const answer = await send(handler, request)

    expect(answer.headers['x-cache']).toBe(header)
  })

  it('has an etag of its version, which is another after a change', async () => {
    const later = '2026-11-21T10:00:00.001Z'
    findProduct
      .mockResolvedValueOnce({ value: product, hit: false, version: 4 })
      .mockResolvedValueOnce({ value: product, hit: true, version: 4 })
      .mockResolvedValueOnce({ value: product, hit: true, version: 5 })
      .mockResolvedValueOnce({ value: { ...product, updatedAt: later }, hit: true, version: 4 })

    const answers = [1, 2, 3, 4].map(() => send(handler, request))
    const [loaded, cached, ...others] = (await Promise.all(answers)).map(({ headers }) => headers.etag)

    expect(loaded).toMatch(/^"4-[a-z0-9]+"$/)
    expect(cached).toBe(loaded)
    expect(others).not.toContain(loaded)
  })

  it('answers 404 for a product that does not exist', async () => {
    findProduct.mockResolvedValue({ value: null, hit: true })

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'product-not-found'))
  })
})
