import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const listProducts = jest.fn<typeof import('./product-list-store.ts').listProducts>()
jest.unstable_mockModule('./product-list-store.ts', () => ({ listProducts }))
const { handler } = await import('./list-products.ts')

const createdAt = '2026-11-21T10:00:00.000Z'
const product = (id: number) => ({
  id,
  name: `Lamp ${id}`,
  price: 1,
  qty: 1,
  createdAt,
  updatedAt: createdAt,
})

/** Answers as a table of `count` products would, ids from 1. */
const tableOf =
  (count: number) =>
  async ({ limit, before, sort }: Parameters<typeof listProducts>[0]) =>
    Array.from({ length: count }, (_, index) => product(count - index))
      .filter(({ id }) => id < (before?.id ?? Number.POSITIVE_INFINITY))
      .slice(0, limit)
      .map((one) => ({
        product: one,
        place: { key: { name: one.name, price: 1.5, newest: 0 }[sort], id: one.id },
      }))

const queryOf = (link: string | undefined) =>
  Object.fromEntries(new URL(/^<(.+)>; rel="next"$/.exec(link ?? '')?.[1] ?? '', 'http://shop').searchParams)

beforeEach(() => {
  listProducts.mockReset().mockImplementation(tableOf(3))
})

describe('GET /products', () => {
  itKeepsTheEndpointPromises(handler, {
    request: { route: 'GET /products' },
    fails: (error) => listProducts.mockRejectedValueOnce(error),
  })

  it('answers 200 with the products newest first, and no Link when that is all', async () => {
    const answer = await send(handler)

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual([product(3), product(2), product(1)])
    expect(answer.headers.link).toBeUndefined()
  })

  it('links to the next page while there is more, which shows each product once', async () => {
    listProducts.mockImplementation(tableOf(5))
    const shown: number[] = []
    let query: Record<string, string> | undefined = { limit: '2' }

    while (query) {
      const answer = await send(handler, { query })
      shown.push(...answer.body.map(({ id }: { id: number }) => id))
      query = answer.headers.link === undefined ? undefined : queryOf(answer.headers.link)
    }

    expect(shown).toEqual([5, 4, 3, 2, 1])
  })

  it.each<{ search?: string; inStock?: string; sort: 'newest' | 'name' | 'price'; limit: string }>([
    { search: 'Größe "L" & co', inStock: 'true', sort: 'name', limit: '2' },
    { sort: 'price', limit: '2' },
    { search: 'mug', sort: 'newest', limit: '2' },
  ])('leads to the next page of what it was asked for: %j', async (asked) => {
    const { headers } = await send(handler, {
      route: 'GET /products',
      query: { ...asked } as Record<string, string>,
    })
    await send(handler, { query: queryOf(headers.link) })

    const [[first], [second]] = listProducts.mock.calls as [[object], [object]]
    const key = { name: 'Lamp 2', price: 1.5, newest: 2 }[asked.sort]
    expect(second).toEqual({ ...first, before: { key, id: 2 } })
  })

  it.each([
    ['search', ''],
    ['search', 'x'.repeat(256)],
    ['search', 'nul\u0000'],
    ['search', '\ud800'],
    ['inStock', 'yes'],
    ['inStock', ''],
    ['sort', 'constructor'],
    ['sort', ''],
    ['cursor', Buffer.from('name:7:x').toString('base64url')],
  ])('refuses the %s "%s"', async (name, value) => {
    const answer = await send(handler, { route: 'GET /products', query: { [name]: value } })

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

  it('has no Link on a last page that is full', async () => {
    listProducts.mockImplementation(tableOf(2))

    const answer = await send(handler, { query: { limit: '2' } })

    expect(answer.body).toHaveLength(2)
    expect(answer.headers.link).toBeUndefined()
  })
})
