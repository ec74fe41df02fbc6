import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleProduct } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const listProducts = jest.fn<typeof import('./product-list-store.ts').listProducts>()
jest.unstable_mockModule('./product-list-store.ts', () => ({ listProducts }))
const { handler } = await import('./list-products.ts')

const route = 'GET /products'
const listed = (id: number, key: string | number = id) => ({
  product: { ...exampleProduct, id },
  place: { key, id },
})
const linkedQuery = (link = '') =>
  Object.fromEntries(new URL(/^<(.+)>; rel="next"$/.exec(link)?.[1] ?? '', 'http://shop').searchParams)

beforeEach(() => {
  listProducts.mockReset().mockResolvedValue([listed(3), listed(2)])
})

// What is listed, and in which order: tests/integration/database/product-list.test.ts.
describe('GET /products', () => {
  itKeepsTheEndpointPromises(handler, {
    request: { route },
    fails: (error) => listProducts.mockRejectedValueOnce(error),
  })

  it('answers 200 with the products, and no Link on a last page that is full', async () => {
    const answer = await send(handler, { route, query: { limit: '2' } })

    expect([answer.statusCode, answer.body]).toEqual([200, [listed(3).product, listed(2).product]])
    expect(answer.headers.link).toBeUndefined()
  })

  it.each<[Record<string, string>, string | number]>([
    [{ search: 'Größe "L" & co', inStock: 'true', sort: 'name', limit: '1' }, 'Lamp 3'],
    [{ sort: 'price', limit: '1' }, 1.5],
    [{ search: 'mug', sort: 'newest', limit: '1' }, 3],
  ])('leads to the next page of what it was asked for: %j', async (query, key) => {
    listProducts.mockResolvedValue([listed(3, key), listed(2)])

    const { headers, body } = await send(handler, { route, query })
    await send(handler, { query: linkedQuery(headers.link) })

    const [[first], [second]] = listProducts.mock.calls as [[object], [object]]
    expect(body).toEqual([listed(3).product])
    expect(second).toEqual({ ...first, before: { key, id: 3 } })
  })

  it.each([
    ['search', ''],
    ['search', 'x'.repeat(256)],
    ['search', 'nul\u0000'],
    ['search', '\ud800'],
    ['inStock', 'yes'],
    ['sort', 'constructor'],
    ['cursor', Buffer.from('name:7:x').toString('base64url')],
  ])('refuses the %s "%s"', async (name, value) => {
    const answer = await send(handler, { route, query: { [name]: value } })

    expect(answer.body).toEqual(problem(400, 'validation-failed', [{ path: `/${name}` }]))
  })

  it.each(['price:7:x', 'price:7:1e9', 'price:7:', 'price:0:1', 'name:7:x', 'before:7'])(
    'refuses the cursor %s in a list by price',
    async (place) => {
      const query = { sort: 'price', cursor: Buffer.from(place).toString('base64url') }

      const answer = await send(handler, { query })

      expect(answer.body).toEqual(problem(400, 'validation-failed', [{ path: '/cursor' }]))
    },
  )
})
