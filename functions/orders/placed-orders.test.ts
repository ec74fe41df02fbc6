import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import {
  orderCancelled,
  orderCreated,
  stockReduced,
  stockRejected,
  stockReturned,
} from '@stockroom/messaging/events'

const findPlacements = jest.fn<typeof import('./order-store.ts').findPlacements>()
jest.unstable_mockModule('./order-store.ts', () => ({ findPlacements }))
const { compareWithOrders } = await import('./placed-orders.ts')

const createdAt = '2026-11-21T10:00:00.000Z'
const later = '2026-11-21T10:00:00.001Z'
const earlier = '2026-11-21T09:59:59.999Z'

const created = (timestamp: string, orderId = 1) =>
  orderCreated.of({ orderId, productId: 7, quantity: 2, totalPrice: 4, timestamp })
const reduced = (timestamp: string) => stockReduced.of({ orderId: 1, productId: 7, quantity: 2, timestamp })
const rejected = (timestamp: string) =>
  stockRejected.of({ orderId: 1, productId: 7, reason: 'insufficient-stock', timestamp })

const returned = (timestamp: string, quantity = 2) =>
  stockReturned.of({ orderId: 1, productId: 7, quantity, timestamp })
const cancelled = (timestamp: string) =>
  orderCancelled.of({ orderId: 1, productId: 7, quantity: 2, timestamp })
const placed = { id: 1, productId: 7, quantity: 2, createdAt, isCancelled: false }

const another = 'order 1 is another one: it was placed at 2026-11-21T10:00:00.000Z'

beforeEach(() => {
  findPlacements.mockReset().mockResolvedValue([placed])
})

describe('compareWithOrders', () => {
  it.each([
    ['an order.created of the moment of its order', created(createdAt)],
    ['an order.created of the same moment elsewhere', created('2026-11-21T11:00:00+01:00')],
    ['a stock.reduced of the moment of its order', reduced(createdAt)],
    ['a stock.reduced of a later one', reduced(later)],
    ['a stock.rejected of a later one', rejected(later)],
    ['a stock.returned of all its pieces', returned(later)],
    ['a stock.returned of none', returned(later, 0)],
  ])('takes %s', async (_, message) => {
    expect(await compareWithOrders([message])).toEqual({ own: [message], refused: [] })
  })

  it.each([
    ['an order.created of an earlier moment', created(earlier)],
    ['an order.created of a later one', created(later)],
    ['an order.created of no moment', created('soon')],
    ['a stock.reduced of an earlier moment', reduced(earlier)],
    ['a stock.rejected of an earlier one', rejected(earlier)],
    ['a stock.rejected of no moment', rejected('')],
    ['a stock.returned of an earlier moment', returned(earlier)],
    ['an order.cancelled of an earlier moment', cancelled(earlier)],
    [
      'a stock.returned of some pieces',
      returned(later, 1),
      'order 1 is another one: for 2 pieces, not for 1',
    ],
  ])('refuses %s', async (_, message, reason = another) => {
    expect(await compareWithOrders([message])).toEqual({ own: [], refused: [{ message, reason }] })
  })

  it('takes an order.cancelled of an order that is cancelled, and no other', async () => {
    const message = cancelled(later)
    findPlacements.mockResolvedValueOnce([{ ...placed, isCancelled: true }])

    expect(await compareWithOrders([message])).toEqual({ own: [message], refused: [] })
    expect(await compareWithOrders([message])).toEqual({
      own: [],
      refused: [{ message, reason: 'order 1 is not cancelled' }],
    })
  })

  it('asks once for a batch, and for each order once', async () => {
    await compareWithOrders([created(createdAt), reduced(later), created(createdAt, 2)])

    expect(findPlacements.mock.calls).toEqual([[[1, 2]]])
  })
})
