import { afterEach, describe, expect, it } from '@jest/globals'
import {
  claimUnsettledOrders,
  findOrder,
  listAllOrders,
  listOrders,
  makeAnnouncementsDue,
  type OrderDraft,
  pendingAgeSeconds,
} from '../../../functions/orders/order-store.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { place, storeOrders } from '../../support/stories.ts'

const own = ownServices()
RecordingBroker.inPlace()

afterEach(() => own.sql('truncate orders.orders, orders.idempotency_keys, orders.outbox'))

const draft = (members: Partial<OrderDraft> = {}): OrderDraft => {
  const { quantity = 3, unitPrice = 19.99 } = members
  const totalPrice = Math.round(unitPrice * 100 * quantity) / 100
  return { productId: 7, quantity, unitPrice, totalPrice, requestId: 'request-1', ...members }
}
const store = (...drafts: OrderDraft[]) => storeOrders(drafts)
const storeMany = (count: number) => store(...Array.from({ length: count }, () => draft()))
const claim = (limit = 1000) => claimUnsettledOrders(limit)
const makeDue = () => own.sql("update orders.orders set announce_again_at = now() - interval '1 second'")

describe('placeOrders', () => {
  it('stores a pending order as it was drafted', async () => {
    const [order] = await store(draft({ quantity: 3, unitPrice: 19.99 }))

    expect(order).toEqual({
      id: expect.any(Number),
      productId: 7,
      quantity: 3,
      unitPrice: 19.99,
      totalPrice: 59.97,
      status: 'pending',
      reason: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      settledAt: null,
    })
    expect(await findOrder(order?.id as number)).toEqual(order)
  })

  it('resolves to a set of orders in the order of the drafts, with rising ids', async () => {
    const quantities = Array.from({ length: 500 }, (_, n) => n + 1)

    const orders = await store(...quantities.map((quantity) => draft({ quantity })))

    const ids = orders.map(({ id }) => id)
    expect(orders.map(({ quantity }) => quantity)).toEqual(quantities)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })

  it('keeps the largest total of the contract to the cent', async () => {
    const totalPrice = 9_999_999_990_000

    const [order] = await store(draft({ quantity: 1_000_000, unitPrice: 9_999_999.99, totalPrice }))

    expect(order?.totalPrice).toBe(totalPrice)
  })
})

describe('placeOrder', () => {
  it('gives each of many concurrent callers the own order', async () => {
    const quantities = Array.from({ length: 300 }, (_, n) => n + 1)

    const placed = await Promise.all(quantities.map((quantity) => place(draft({ quantity }))))

    expect(placed.map(({ order }) => order.quantity)).toEqual(quantities)
    expect(new Set(placed.map(({ order }) => order.id)).size).toBe(300)
  })
})

describe('a list of orders', () => {
  it.each([
    ['of one product', 7, listOrders.bind(undefined, 7)],
    ['of every product', 8, listAllOrders],
  ])('%s has them newest first, each once over the pages', async (_, productId, list) => {
    const others = await store(draft({ productId }), draft(), draft({ productId }), draft(), draft())
    const ids = others.filter((order) => order.productId === 7 || productId === 8).map(({ id }) => id)

    const first = await list(3)
    const second = await list(3, first.at(-1)?.id)

    expect([...first, ...second].map(({ id }) => id)).toEqual(ids.reverse())
  })
})

describe('claimUnsettledOrders', () => {
  it('doubles the pause from one announcement to the next, up to an hour, however many there were', async () => {
    await storeMany(1)
    const pauses: number[] = []

    for (const announcements of [...Array(11).keys(), 1099].map((n) => n + 1)) {
      await makeDue()
      await own.sql('update orders.orders set announcements = $1', [announcements])
      await claim()
      const [{ seconds = 0 } = {}] = await own.sql<{ seconds: number }>(
        'select round(extract(epoch from announce_again_at - now()))::int as seconds from orders.orders',
      )
      pauses.push(seconds)
    }

    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600])
  })

  it('takes at most so many, those first that wait longest', async () => {
    const [first, second] = await storeMany(2)
    await makeDue()
    await own.sql(`update orders.orders set announce_again_at = now() - interval '1 hour' where id = $1`, [
      second?.id,
    ])

    const claimed = await claim(1)
    const rest = await claim(1)

    expect([...claimed, ...rest].map(({ order }) => order.id)).toEqual([second?.id, first?.id])
  })

  it('gives each order to one of two instances that claim at once', async () => {
    const orders = await storeMany(100)
    await makeDue()

    const [first, second] = await Promise.all([claim(), claim()])

    const claimed = [...first, ...second].map(({ order }) => order.id)
    expect(claimed.sort((a, b) => a - b)).toEqual(orders.map(({ id }) => id))
  })
})

describe('makeAnnouncementsDue', () => {
  it('makes them due at once, at whatever fraction of a millisecond', async () => {
    const [order] = await storeMany(1)
    const claims: unknown[] = []

    for (let round = 0; round < 20; round += 1) {
      await makeAnnouncementsDue()
      claims.push(...(await claim()).map((one) => one.order.id))
    }

    expect(claims).toEqual(Array(20).fill(order?.id))
  })
})

describe('pendingAgeSeconds', () => {
  it('is the age of the oldest order that is pending', async () => {
    const [settled, old] = await storeMany(3)
    await own.sql("update orders.orders set created_at = now() - interval '90 s' where id = $1", [old?.id])
    await own.sql(
      `update orders.orders set status = 'confirmed', settled_at = now(), created_at = now() - interval '500 s'
        where id = $1`,
      [settled?.id],
    )

    expect(await pendingAgeSeconds()).toBeCloseTo(90, -1)
  })
})
