import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const changeProduct = jest.fn<typeof import('./product-store.ts').changeProduct>()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ changeProduct, lockProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough }))
const { productTag } = await import('./product.ts')
const { handler } = await import('./update-product.ts')

const request = { route: 'PATCH /products/{id}', path: { id: '7' }, json: { price: 4.35 } }
const changed = {
  product: {
    id: 7,
    name: 'Lamp',
    price: 4.35,
    qty: 5,
    createdAt: '2026-11-21T10:00:00.000Z',
    updatedAt: '2026-11-21T11:00:00.000Z',
  },
  version: 2,
}
const present = {
  product: { ...changed.product, price: 2, updatedAt: '2026-11-21T10:00:00.000Z' },
  version: 1,
}

beforeEach(() => {
  clear()
  lockProduct.mockReset().mockResolvedValue(present)
  changeProduct.mockReset().mockResolvedValue(changed)
  writeThrough.mockReset().mockResolvedValue()
})

describe('PATCH /products/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => changeProduct.mockRejectedValueOnce(error),
  })

  it('answers 200 with the changed product, and the etag of its new version', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 200, headers: { etag: productTag(changed) } })
    expect(answer.body).toEqual(changed.product)
    expect(changeProduct.mock.calls).toEqual([[trx, present.product, request.json]])
  })

  it('changes the product that the client has read, and no other', async () => {
    const changing = (etag: string) => send(handler, { ...request, headers: { 'if-match': etag } })

    const refused = await changing(productTag(changed))
    expect(commits).toEqual([])
    const done = await changing(productTag(present))

    expect(refused.body).toEqual(problem(412, 'precondition-failed'))
    expect(done.statusCode).toBe(200)
    expect(changeProduct).toHaveBeenCalledTimes(1)
  })

  it('tells of the change in the same transaction', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(commits).toEqual([
      {
        domain: 'products',
        recorded: [
          {
            event: { name: 'product.updated', body: changed.product, version: changed.version },
            correlationId: 'r1',
          },
        ],
      },
    ])
  })

  it('shows the changed product to every instance', async () => {
    await send(handler, request)

    expect(writeThrough.mock.calls).toEqual([[[changed]]])
  })

  it('answers 404 for a product that does not exist, whatever if-match says, and tells nobody', async () => {
    lockProduct.mockResolvedValue(undefined)

    const answer = await send(handler, { ...request, headers: { 'if-match': '"0"' } })

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'product-not-found'))
    expect(commits).toEqual([])
    expect(writeThrough).not.toHaveBeenCalled()
  })
})
