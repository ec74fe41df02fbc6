import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import type { Movement } from './movement.ts'
import { exampleProduct } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const listMovements = jest.fn<typeof import('./ledger-store.ts').listMovements>()
const findProducts = jest.fn<typeof import('./product-store.ts').findProducts>()
jest.unstable_mockModule('./ledger-store.ts', () => ({ listMovements }))
jest.unstable_mockModule('./product-store.ts', () => ({ findProducts }))
const { handler } = await import('./list-movements.ts')

const request = { route: 'GET /products/{id}/movements', path: { id: '7' } }

beforeEach(() => {
  listMovements.mockReset().mockResolvedValue([])
  findProducts.mockReset().mockResolvedValue([{ product: exampleProduct, version: 1 }])
})

// The pages of a ledger: tests/integration/database/adjustments.test.ts.
describe('GET /products/{id}/movements', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => listMovements.mockRejectedValueOnce(error),
  })

  it('leads to the next page of the same product and size', async () => {
    listMovements.mockResolvedValue([{ id: 3 }, { id: 2 }] as Movement[])

    const { headers, body } = await send(handler, { path: { id: '7' }, query: { limit: '1' } })

    expect(body).toEqual([{ id: 3 }])
    expect(headers.link).toMatch(/^<\/products\/7\/movements\?limit=1&cursor=\w+>; rel="next"$/)
  })

  it('answers 404 for a product that never was, and an empty page for one without entries', async () => {
    const empty = await send(handler, request)
    findProducts.mockResolvedValue([])
    const missing = await send(handler, request)

    expect(empty).toMatchObject({ statusCode: 200, body: [] })
    expect(missing.body).toEqual(problem(404, 'product-not-found'))
  })
})
