import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleProduct as product } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('./catalogue.ts').findProduct>()
jest.unstable_mockModule('./catalogue.ts', () => ({ findProduct }))
const { handler } = await import('./get-product.ts')

const request = { route: 'GET /products/{id}', path: { id: '7' } }

beforeEach(() => {
  findProduct.mockReset().mockResolvedValue({ value: product, hit: false })
})

describe('GET /products/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => findProduct.mockRejectedValueOnce(error),
  })

  it.each([
    ['HIT', true],
    ['MISS', false],
  ])('answers 200 with the product and X-Cache: %s when the cache hit is %s', async (header, hit) => {
    findProduct.mockResolvedValue({ value: product, hit })

    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-cache': header } })
    expect(answer.body).toEqual(product)
    expect(findProduct.mock.calls).toEqual([[7]])
  })

  it('has an etag of its version, which is another after a change', async () => {
    const later = { ...product, updatedAt: '2026-11-21T10:00:00.001Z' }
    const etagOf = async (value: typeof product, version: number) => {
      findProduct.mockResolvedValue({ value, hit: true, version })
      return (await send(handler, request)).headers.etag
    }

    const etag = await etagOf(product, 4)

    expect(etag).toMatch(/^"4-[a-z0-9]+"$/)
    expect(await etagOf(product, 4)).toBe(etag)
    expect([await etagOf(product, 5), await etagOf(later, 4)]).not.toContain(etag)
  })

  it('answers 404 for a product that does not exist', async () => {
    findProduct.mockResolvedValue({ value: null, hit: true })

    expect((await send(handler, request)).body).toEqual(problem(404, 'product-not-found'))
  })
})
