import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import type { Movement } from './movement.ts'

process.env.LOG_LEVEL = 'silent'
const listMovements = jest.fn<typeof import('./ledger-store.ts').listMovements>()
const findProducts = jest.fn<typeof import('./product-store.ts').findProducts>()
jest.unstable_mockModule('./ledger-store.ts', () => ({ listMovements }))
jest.unstable_mockModule('./product-store.ts', () => ({ findProducts }))
const { handler } = await import('./list-movements.ts')

const request = { route: 'GET /products/{id}/movements', path: { id: '7' } }
const sale = (id: number): Movement => ({
  id,
  productId: 7,
  orderId: id + 100,
  change: -1,
  kind: 'sale',
  reason: null,
  createdAt: '2026-11-21T10:00:00.000Z',
})

beforeEach(() => {
  listMovements.mockReset().mockResolvedValue([sale(3), sale(2)])
  findProducts.mockReset().mockResolvedValue([])
})

describe('GET /products/{id}/movements', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => listMovements.mockRejectedValueOnce(error),
  })

  it('answers 200 with the entries, of a deleted product too', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, body: [sale(3), sale(2)] })
    expect(answer.headers.link).toBeUndefined()
    expect(listMovements.mock.calls).toEqual([[7, 21, undefined]])
  })

  it('leads to the next page, which begins below the last entry', async () => {
    const first = await send(handler, { ...request, query: { limit: '1' } })
    const cursor = /cursor=([\w-]+)/.exec(String(first.headers.link))?.[1]

    await send(handler, { ...request, query: { limit: '1', cursor: String(cursor) } })

    expect(first.headers.link).toContain('</products/7/movements?limit=1&')
    expect(first.body).toEqual([sale(3)])
    expect(listMovements.mock.calls.at(-1)).toEqual([7, 2, 3])
  })

  it('answers 404 for a product that never was, and an empty page for one without entries', async () => {
    listMovements.mockResolvedValue([])
    const missing = await send(handler, request)
    findProducts.mockResolvedValue([{ product: {} as never, version: 1 }])
    const empty = await send(handler, request)

    expect(missing.body).toEqual(problem(404, 'product-not-found'))
    expect(empty).toMatchObject({ statusCode: 200, body: [] })
  })
})
