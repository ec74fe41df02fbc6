import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { exampleProduct } from '../products/product.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const findProduct = jest.fn<typeof import('../products/catalogue.ts').findProduct>()
const placeOrder = jest.fn<typeof import('./order-placement.ts').placeOrder>()
jest.unstable_mockModule('../products/catalogue.ts', () => ({ findProduct }))
jest.unstable_mockModule('./order-placement.ts', () => ({ placeOrder }))
const { handler } = await import('./create-order.ts')

const order = { ...exampleOrder, id: 42 } as Order
const request = { route: 'POST /orders', json: { productId: 7, quantity: 3 } }
const show = (changes: Partial<typeof exampleProduct>) =>
  findProduct.mockResolvedValue({ value: { ...exampleProduct, ...changes }, hit: true })

beforeEach(() => {
  findProduct.mockReset()
  show({ price: 19.99, qty: 3 })
  placeOrder.mockReset().mockResolvedValue({ outcome: 'placed', order })
})

// With an Idempotency-Key: tests/integration/database/idempotency.test.ts.
describe('POST /orders', () => {
  itKeepsTheEndpointPromises(handler, {
    request,
    fails: (error) => placeOrder.mockRejectedValueOnce(error),
  })

  it('answers 202 with the pending order and its location, for all that is left', async () => {
    const answer = await send(handler, request)

    expect(answer).toMatchObject({ statusCode: 202, headers: { location: '/orders/42' } })
    expect(answer.body).toEqual(order)
  })

  it('places the order at the price that is shown, with the exact total, the request id and the trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

    await send(handler, { ...request, headers: { 'x-request-id': 'r1', traceparent } })

    const draft = { productId: 7, quantity: 3, unitPrice: 19.99, totalPrice: 59.97, requestId: 'r1' }
    expect(findProduct.mock.calls).toEqual([[7]])
    expect(placeOrder.mock.calls).toEqual([[{ draft, traceparent, idempotency: undefined }]])
  })

  it('rejects an order whose product does not exist', async () => {
    findProduct.mockResolvedValue({ value: null, hit: false })

    expect((await send(handler, request)).body).toEqual(problem(404, 'product-not-found'))
    expect(placeOrder).not.toHaveBeenCalled()
  })

  it.each([
    ['of more than is left, and says what is', { qty: 2 }, 409, 'insufficient-stock', 'Only 2 '],
    ['whose total is too large', { price: 9e12, qty: 3 }, 400, 'total-too-large', '9,999,999,999,999.99'],
  ] as const)('rejects an order %s', async (_, shown, status, code, detail) => {
    show(shown)

    const { body } = await send(handler, request)

    expect(body).toEqual({ ...problem(status, code), detail: expect.stringContaining(detail) })
    expect(placeOrder).not.toHaveBeenCalled()
  })
})
