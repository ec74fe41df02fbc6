import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleProduct } from './product.ts'

process.env.LOG_LEVEL = 'silent'
const { commits, clear, commitWithOutbox } = recordedCommits()
const lockProduct = jest.fn<typeof import('./product-store.ts').lockProduct>()
const changeStock = jest.fn<typeof import('./product-store.ts').changeStock>()
const enterMovement = jest.fn<typeof import('./ledger-store.ts').enterMovement>()
const writeThrough = jest.fn<typeof import('./catalogue.ts').writeThrough>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({ commitWithOutbox }))
jest.unstable_mockModule('./product-store.ts', () => ({ lockProduct, changeStock }))
jest.unstable_mockModule('./ledger-store.ts', () => ({ enterMovement }))
jest.unstable_mockModule('./catalogue.ts', () => ({ writeThrough, warmProducts: jest.fn() }))
const { handler } = await import('./adjust-stock.ts')

const request = {
  route: 'POST /products/{id}/adjustments',
  path: { id: '7' },
  json: { change: -2, reason: 'Broken' },
}
const present = { product: { ...exampleProduct, qty: 5 }, version: 3 }
const movement = {
  ...{ id: 31, productId: 7, orderId: null, change: -2, kind: 'adjustment' as const, reason: 'Broken' },
  createdAt: exampleProduct.createdAt,
}
const changed = { product: { ...exampleProduct, qty: 3 }, version: 4 }

beforeEach(() => {
  clear()
  lockProduct.mockReset().mockResolvedValue(present)
  changeStock.mockReset().mockResolvedValue(changed)
  enterMovement.mockReset().mockResolvedValue(movement)
  writeThrough.mockReset().mockResolvedValue()
})

// What becomes of the stock, the ledger and the key: tests/integration/database/adjustments.test.ts.
describe('POST /products/{id}/adjustments', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => changeStock.mockRejectedValueOnce(error),
  })

  it('tells of the change in the same transaction, and shows it to every instance', async () => {
    await send(handler, { ...request, headers: { 'x-request-id': 'r1' } })

    const event = { name: 'product.updated', body: changed.product, version: 4 }
    expect(commits).toEqual([{ domain: 'products', recorded: [{ event, correlationId: 'r1' }] }])
    expect(writeThrough.mock.calls).toEqual([[[changed]]])
  })

  it.each([
    ['to take out more than is there', -6, 'insufficient-stock'],
    ['more than fits in', 999_999_996, 'stock-too-large'],
  ] as const)('refuses %s, by one piece', async (_, change, code) => {
    const { body } = await send(handler, { ...request, json: { change, reason: 'Counted' } })

    expect(body).toEqual(problem(409, code))
    expect(changeStock).not.toHaveBeenCalled()
  })

  it('answers 404 for a product that does not exist', async () => {
    lockProduct.mockResolvedValue(undefined)

    expect((await send(handler, request)).body).toEqual(problem(404, 'product-not-found'))
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
  })
})
