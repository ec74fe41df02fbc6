import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('../products/catalogue.ts').findProduct>()
const placeOrder = jest.fn<typeof import('./order-placement.ts').placeOrder>()
const findRemembered = jest.fn<typeof import('./idempotency-store.ts').findRemembered>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ findProduct }))
jest.unstable_mockModule('./order-placement.ts', () => ({ placeOrder }))
jest.unstable_mockModule('./idempotency-store.ts', () => ({ findRemembered }))
const { handler } = await import('./create-order.ts')

const time = '2026-11-21T10:00:00.000Z'
const product = { id: 7, name: 'Lamp', price: 19.99, qty: 5, createdAt: time, updatedAt: time }
const order = {
  id: 42,
  productId: 7,
  quantity: 3,
  unitPrice: 19.99,
  totalPrice: 59.97,
  status: 'pending' as const,
  reason: null,
  createdAt: time,
  settledAt: null,
}
const key = { 'idempotency-key': 'key-1' }
const request = { route: 'POST /orders', json: { productId: 7, quantity: 3 } }
const show = (changes: Partial<typeof product>) =>
  findProduct.mockResolvedValue({ value: { ...product, ...changes }, hit: true })

beforeEach(() => {
  findProduct.mockReset()
  show({})
  placeOrder.mockReset().mockResolvedValue({ outcome: 'placed', order })
  findRemembered.mockReset().mockResolvedValue(undefined)
})

describe('POST /orders', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => placeOrder.mockRejectedValueOnce(error),
  })

  it('answers 202 with the pending order and its location', async () => {
    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(202)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', location: '/orders/42' })
    expect(answer.body).toEqual(order)
  })

  it('places the order at the price that is shown, with the exact total, the request id and the trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

    await send(handler, { ...request, headers: { 'x-request-id': 'r1', traceparent } })

    expect(findProduct.mock.calls).toEqual([[7]])
    expect(placeOrder.mock.calls).toEqual([
      [
        {
          draft: { productId: 7, quantity: 3, unitPrice: 19.99, totalPrice: 59.97, requestId: 'r1' },
          traceparent,
          idempotency: undefined,
        },
      ],
    ])
  })

  it('accepts an order of all that is left', async () => {
    show({ qty: 3 })

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(202)
  })

  it('rejects an order whose product does not exist', async () => {
    findProduct.mockResolvedValue({ value: null, hit: false })

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'product-not-found'))
    expect(placeOrder).not.toHaveBeenCalled()
  })

  it('rejects an order of more than is left, and says what is left', async () => {
    show({ qty: 2 })

    const answer = await send(handler, request)

    expect(answer.statusCode).toBe(409)
    expect(answer.body).toEqual({
      ...problem(409, 'insufficient-stock'),
      detail: expect.stringContaining('2'),
    })
    expect(placeOrder).not.toHaveBeenCalled()
  })

  it('rejects an order whose total is too large', async () => {
    show({ price: 999_999_999.99, qty: 1_000_000 })

    const answer = await send(handler, { json: { productId: 7, quantity: 1_000_000 } })

    expect(answer.statusCode).toBe(400)
    expect(answer.body).toEqual(problem(400, 'total-too-large'))
    expect(placeOrder).not.toHaveBeenCalled()
  })

  it.each([
    ['/productId', { productId: 0, quantity: 1 }],
    ['/productId', { productId: 9007199254740992, quantity: 1 }],
    ['/quantity', { productId: 7, quantity: 0 }],
    ['/quantity', { productId: 7, quantity: 1_000_001 }],
    ['/quantity', { productId: 7, quantity: '2' }],
    ['/quantity', { productId: 7 }],
    ['/unitPrice', { productId: 7, quantity: 1, unitPrice: 1 }],
  ])('rejects an order with a wrong %s: %j', async (path, json) => {
    const answer = await send(handler, { json })

    expect(answer.statusCode).toBe(400)
    expect(answer.body.code).toBe('validation-failed')
    expect(new Set(answer.body.errors.map((error: { path: string }) => error.path))).toEqual(new Set([path]))
    expect(findProduct).not.toHaveBeenCalled()
  })
})

describe('POST /orders with an Idempotency-Key', () => {
  it('places the order with the key and the fingerprint of the body', async () => {
    const answer = await send(handler, { ...request, headers: key })

    expect(answer.statusCode).toBe(202)
    expect(answer.headers).not.toHaveProperty('idempotent-replayed')
    expect(placeOrder.mock.calls[0]?.[0].idempotency).toEqual({
      key: 'key-1',
      fingerprint: expect.stringMatching(/^[\w-]{43}$/),
    })
  })
})
