import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const removeProduct = jest.fn<typeof import('./product-store.ts').removeProduct>()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const tombstone = jest.fn<typeof import('./catalogue.ts').tombstone>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ removeProduct, lockProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ tombstone }))
const { productTag } = await import('./product.ts')
const { handler } = await import('./delete-product.ts')

const time = '2026-11-21T10:00:00.000Z'
const present = {
  product: { id: 7, name: 'Lamp', price: 2, qty: 5, createdAt: time, updatedAt: time },
  version: 3,
}
const request = { route: 'DELETE /products/{id}', path: { id: '7' } }

beforeEach(() => {
  clear()
  lockProduct.mockReset().mockResolvedValue(present)
  removeProduct.mockReset().mockResolvedValue()
  tombstone.mockReset().mockResolvedValue()
})

describe('DELETE /products/{id}', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => removeProduct.mockRejectedValueOnce(error),
  })

  it('answers 204 without a body', async () => {
    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(204)
    expect(answer.body).toBeUndefined()
  })

  it('tells of the removal in the same transaction', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(removeProduct.mock.calls).toEqual([[trx, present.product]])
    expect(commits).toEqual([
      {
        domain: 'products',
        recorded: [{ event: { name: 'product.deleted', body: { id: 7 }, version: 4 }, correlationId: 'r1' }],
      },
    ])
  })

  it('hides the product from every instance, with its last version', async () => {
    await send(handler, request)

    expect(tombstone.mock.calls).toEqual([[7, 3]])
  })

  it('refuses to remove another than the client has read', async () => {
    const ifMatch = productTag({ ...present, version: 2 })

    const answer = await send(handler, { ...request, headers: { 'if-match': ifMatch } })

    expect(answer.body).toEqual(problem(412, 'precondition-failed'))
    expect(removeProduct).not.toHaveBeenCalled()
    expect(commits).toEqual([])
  })

  it('answers 404 for a product that does not exist, and tells nobody', async () => {
    lockProduct.mockResolvedValue(undefined)

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'product-not-found'))
    expect(commits).toEqual([])
    expect(tombstone).not.toHaveBeenCalled()
  })
})
