import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleProduct, productTag } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const changeProduct = jest.fn<typeof import('./product-store.ts').changeProduct>()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ changeProduct, lockProduct }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough }))
const { handler } = await import('./update-product.ts')

const request = { route: 'PATCH /products/{id}', path: { id: '7' }, json: { price: 4.35 } }
const present = { product: exampleProduct, version: 1 }
const changed = {
  product: { ...exampleProduct, price: 4.35, updatedAt: '2026-11-21T11:00:00.000Z' },
  version: 2,
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
    const answer = await send(handler, { ...request, headers: { 'if-match': productTag(present) } })

    expect(answer).toMatchObject({ statusCode: 200, headers: { etag: productTag(changed) } })
    expect(answer.body).toEqual(changed.product)
    expect(changeProduct.mock.calls).toEqual([[trx, present.product, request.json]])
  })

  it('tells of the change in the same transaction, and shows it to every instance', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    const event = { name: 'product.updated', body: changed.product, version: 2 }
    expect(commits).toEqual([{ domain: 'products', recorded: [{ event, correlationId: 'r1' }] }])
    expect(writeThrough.mock.calls).toEqual([[[changed]]])
  })

  it.each([
    ['another than the client has read', present, 412, 'precondition-failed'],
    ['one that does not exist, whatever if-match says', undefined, 404, 'product-not-found'],
  ] as const)('refuses to change %s, and tells nobody', async (_, found, status, code) => {
    lockProduct.mockResolvedValue(found)

    const { body } = await send(handler, { ...request, headers: { 'if-match': productTag(changed) } })

    expect(body).toEqual(problem(status, code))
    expect([changeProduct.mock.calls, commits, writeThrough.mock.calls]).toEqual([[], [], []])
  })
})
