import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleProduct } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const insertProduct = jest.fn<typeof import('./product-store.ts').insertProduct>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ insertProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough }))
const { handler } = await import('./create-product.ts')

const stored = { product: { ...exampleProduct, id: 7 }, version: 1 }
const request = { route: 'POST /products', json: { name: 'Lamp', price: 19.99, qty: 5 } }

beforeEach(() => {
  clear()
  insertProduct.mockReset().mockResolvedValue(stored)
  writeThrough.mockReset().mockResolvedValue()
})

describe('POST /products', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => insertProduct.mockRejectedValueOnce(error),
  })

  it('answers 201 with the product as it is stored, and its location', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 201, headers: { location: '/products/7' } })
    expect(answer.body).toEqual(stored.product)
    expect(insertProduct.mock.calls).toEqual([[trx, request.json]])
  })

  it('tells of it in the same transaction, and shows it to every instance', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    const event = { name: 'product.created', body: stored.product, version: 1 }
    expect(commits).toEqual([{ domain: 'products', recorded: [{ event, correlationId: 'r1' }] }])
    expect(writeThrough.mock.calls).toEqual([[[stored]]])
  })

  it('refuses a product with problems in every member, and names them all', async () => {
    const { body } = await send(handler, { json: { name: ' ', price: 1.005, qty: -1, colour: 'red' } })

    const paths = body.errors.map(({ path }: { path: string }) => path)
    expect(body.code).toBe('validation-failed')
    expect(paths.sort()).toEqual(['/colour', '/name', '/price', '/qty'])
  })
})
