import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleProduct, productTag } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const removeProduct = jest.fn<typeof import('./product-store.ts').removeProduct>()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const tombstone = jest.fn<typeof import('./catalogue.ts').tombstone>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ removeProduct, lockProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ tombstone }))
const { handler } = await import('./delete-product.ts')

const present = { product: { ...exampleProduct, id: 7 }, version: 3 }
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

  it('removes the product, tells of it in the same transaction, and hides it from every instance', async () => {
    const answer = await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    const event = { name: 'product.deleted', body: { id: 7 }, version: 4 }
    expect([answer.statusCode, answer.body]).toEqual([204, undefined])
    expect(removeProduct.mock.calls).toEqual([[trx, present.product]])
    expect(commits).toEqual([{ domain: 'products', recorded: [{ event, correlationId: 'r1' }] }])
    expect(tombstone.mock.calls).toEqual([[7, 3]])
  })

  it.each([
    ['another than the client has read', present, 412, 'precondition-failed'],
    ['one that does not exist', undefined, 404, 'product-not-found'],
  ] as const)('refuses to remove %s, and tells nobody', async (_, found, status, code) => {
    lockProduct.mockResolvedValue(found)
    const ifMatch = productTag({ ...present, version: 2 })

    const { body } = await send(handler, { ...request, headers: { 'if-match': ifMatch } })

    expect(body).toEqual(problem(status, code))
    expect([removeProduct.mock.calls, commits, tombstone.mock.calls]).toEqual([[], [], []])
  })
})
