import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const insertProduct = jest.fn<typeof import('./product-store.ts').insertProduct>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ insertProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough }))
const { handler } = await import('./create-product.ts')

const lamp = { name: 'Lamp', price: 19.99, qty: 5 }
const createdAt = '2026-11-21T10:00:00.000Z'
const stored = { product: { id: 7, ...lamp, createdAt, updatedAt: createdAt }, version: 1 }

beforeEach(() => {
  clear()
  insertProduct.mockReset().mockResolvedValue(stored)
  writeThrough.mockReset().mockResolvedValue()
})

describe('POST /products', () => {
  itKeepsTheEndpointPromises(handler, {
    request: { route: 'POST /products', json: lamp },
    fails: (error) => insertProduct.mockRejectedValueOnce(error),
  })

  it('answers 201 with the product and its location', async () => {
    const answer = await send(handler, { json: lamp })

    expect(answer.statusCode).toBe(201)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', location: '/products/7' })
    expect(answer.body).toEqual(stored.product)
  })

  it('stores what the client has sent, and tells of it in the same transaction', async () => {
    await send(handler, { json: lamp, headers: { 'x-request-id': 'r1' } })

    expect(insertProduct.mock.calls).toEqual([[trx, lamp]])
    expect(commits).toEqual([
      {
        domain: 'products',
        recorded: [
          {
            event: { name: 'product.created', body: stored.product, version: stored.version },
            correlationId: 'r1',
          },
        ],
      },
    ])
  })

  it('shows the new product to every instance', async () => {
    await send(handler, { json: lamp })

    expect(writeThrough.mock.calls).toEqual([[[stored]]])
  })

  it('refuses a product with problems in every member, and names them all', async () => {
    const answer = await send(handler, { json: { name: ' ', price: 1.005, qty: -1, colour: 'red' } })

    expect(answer.statusCode).toBe(400)
    expect(answer.body).toMatchObject({ status: 400, code: 'validation-failed' })
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/colour',
      '/name',
      '/price',
      '/qty',
    ])
    expect(insertProduct).not.toHaveBeenCalled()
  })
})
