import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'

process.env.LOG_LEVEL = 'silent'
const { trx, commits, clear, commitWithOutbox } = recordedCommits()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const changeStock = jest.fn<typeof import('./product-store.ts').changeStock>()
const enterMovement = jest.fn<typeof import('./ledger-store.ts').enterMovement>()
const takeKey = jest.fn<typeof import('./adjustment-key-store.ts').takeKey>()
const findRemembered = jest.fn<typeof import('./adjustment-key-store.ts').findRemembered>()
const remember = jest.fn<typeof import('./adjustment-key-store.ts').remember>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
const warmProducts = jest.fn<typeof import('./catalogue.ts').warmProducts>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ lockProduct, changeStock }))
jest.unstable_mockModule('./ledger-store.ts', () => ({ enterMovement }))
jest.unstable_mockModule('./adjustment-key-store.ts', () => ({ takeKey, findRemembered, remember }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough, warmProducts }))
const { productTag } = await import('./product.ts')
const { handler } = await import('./adjust-stock.ts')

const request = {
  route: 'POST /products/{id}/adjustments',
  path: { id: '7' },
  json: { change: -2, reason: 'Broken' },
}
const keyed = { ...request, headers: { 'idempotency-key': 'k1' } }
const time = '2026-11-21T10:00:00.000Z'
const present = {
  product: { id: 7, name: 'Lamp', price: 2, qty: 5, createdAt: time, updatedAt: time },
  version: 3,
}
const changed = { product: { ...present.product, qty: 3 }, version: 4 }
const movement = {
  id: 31,
  productId: 7,
  orderId: null,
  change: -2,
  kind: 'adjustment' as const,
  reason: 'Broken',
  createdAt: time,
}

beforeEach(() => {
  clear()
  lockProduct.mockReset().mockResolvedValue(present)
  changeStock.mockReset().mockResolvedValue(changed)
  enterMovement.mockReset().mockResolvedValue(movement)
  takeKey.mockReset().mockResolvedValue(true)
  findRemembered.mockReset().mockResolvedValue(undefined)
  remember.mockReset().mockResolvedValue()
  writeThrough.mockReset().mockResolvedValue()
  warmProducts.mockReset().mockResolvedValue({ warmed: [7], missing: [] })
})

describe('POST /products/{id}/adjustments', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => changeStock.mockRejectedValueOnce(error),
  })

  it('answers 201 with the product, its new etag, and the entry of the ledger', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 201, headers: { etag: productTag(changed) } })
    expect(answer.body).toEqual({ product: changed.product, movement })
    expect(enterMovement.mock.calls).toEqual([
      [trx, { productId: 7, change: -2, kind: 'adjustment', reason: 'Broken' }],
    ])
  })

  it('tells of the change in the same transaction, and shows it to every instance', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    expect(commits).toEqual([
      {
        domain: 'products',
        recorded: [
          { event: { name: 'product.updated', body: changed.product, version: 4 }, correlationId: 'r1' },
        ],
      },
    ])
    expect(writeThrough.mock.calls).toEqual([[[changed]]])
  })

  it('refuses to take out more than is there, and more than fits in', async () => {
    const tooLittle = await send(handler, { ...request, json: { change: -6, reason: 'Counted' } })
    const tooMuch = await send(handler, { ...request, json: { change: 999_999_996, reason: 'Counted' } })

    expect(tooLittle.body).toEqual(problem(409, 'insufficient-stock'))
    expect(tooMuch.body).toEqual(problem(409, 'stock-too-large'))
  })

  it('answers 404 for a product that does not exist', async () => {
    lockProduct.mockResolvedValue(undefined)

    const answer = await send(handler, request)

    expect(answer.body).toEqual(problem(404, 'product-not-found'))
    expect(commits).toEqual([])
  })

  it.each([
    ['/change', { change: 0, reason: 'Counted' }],
    ['/change', { change: 1_000_000_001, reason: 'Counted' }],
    ['/reason', { change: 1 }],
    ['/reason', { change: 1, reason: ' ' }],
    ['/qty', { change: 1, reason: 'Counted', qty: 7 }],
  ])('refuses a wrong %s: %j', async (path, json) => {
    const answer = await send(handler, { ...request, json })

    expect(answer.body).toEqual(problem(400, 'validation-failed', [{ path }]))
    expect(lockProduct).not.toHaveBeenCalled()
  })

  it('refuses a key that came with another request, or whose request is still running', async () => {
    findRemembered.mockResolvedValueOnce({ fingerprint: 'another', answer: { ...changed, movement } })
    const reused = await send(handler, keyed)
    takeKey.mockResolvedValueOnce(false)
    const running = await send(handler, keyed)

    expect(reused.body).toEqual(problem(422, 'idempotency-key-reused'))
    expect(running.body).toEqual(problem(409, 'idempotency-key-in-progress'))
    expect(changeStock).not.toHaveBeenCalled()
  })
})
