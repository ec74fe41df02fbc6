import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readAndCommit } from '@stockroom/database/pipelined'
import { runSql } from '../../../bench/services/databases.ts'
import {
  claimUnsettledOrders,
  findOrder,
  listAllOrders,
  listOrders,
  lockForSettlement,
  makeAnnouncementsDue,
  type OrderDraft,
  pendingAgeSeconds,
  type Settleable,
  type Settlement,
  settle as settleStatement,
} from '../../../functions/orders/order-store.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { place, storeOrders } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(() => broker.reset())

afterEach(() => runSql(own.databaseUrl, 'truncate orders.orders, orders.idempotency_keys, orders.outbox'))

const draft = (members: Partial<OrderDraft> = {}): OrderDraft => {
  const { quantity = 3, unitPrice = 19.99 } = members
  const totalPrice = Math.round(unitPrice * 100 * quantity) / 100
  return { productId: 7, quantity, unitPrice, totalPrice, requestId: 'request-1', ...members }
}
const store = (...drafts: OrderDraft[]) => storeOrders(drafts)
const storeOne = async (members: Partial<OrderDraft> = {}) => {
  const [order] = await store(draft(members))
  if (!order) throw new Error('nothing was stored')
  return order
}
/** Settles those that may be settled, and resolves to them. */
const settle = (...settlements: Settlement[]) =>
  readAndCommit(
    'orders',
    lockForSettlement(settlements.map(({ orderId }) => orderId)),
    (rows: Settleable[]) => {
      const free = new Map(rows.filter((row) => !row.isSettled && !row.isLocked).map((row) => [row.id, row]))
      const wanted = settlements.filter(({ orderId }) => free.has(orderId))
      return {
        writes: settleStatement(wanted),
        result: () => wanted.map(({ orderId }) => free.get(orderId) as Settleable),
      }
    },
  )
const claim = (limit = 1000) => claimUnsettledOrders(limit)
const makeDue = (where = 'true') =>
  runSql(
    own.databaseUrl,
    `update orders.orders set announce_again_at = now() - interval '1 second' where ${where}`,
  )

describe('placeOrders', () => {
  it('stores a pending order as it was drafted', async () => {
    const order = await storeOne({ quantity: 3, unitPrice: 19.99 })

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
    expect(await findOrder(order.id)).toEqual(order)
  })

  it('resolves to a set of orders in the order of the drafts, with rising ids', async () => {
    const quantities = Array.from({ length: 500 }, (_, n) => n + 1)

    const orders = await store(
      ...quantities.map((quantity) => draft({ quantity, unitPrice: 1, totalPrice: quantity })),
    )

    expect(orders.map(({ quantity }) => quantity)).toEqual(quantities)
    expect(orders.every(({ id }, index) => index === 0 || id > (orders[index - 1]?.id ?? 0))).toBe(true)
  })

  it('keeps the largest total to the cent', async () => {
    const order = await storeOne({
      quantity: 1_000_000,
      unitPrice: 9_999_999.99,
      totalPrice: 9_999_999_990_000,
    })

    expect(order.totalPrice).toBe(9_999_999_990_000)
  })
})

describe('placeOrder', () => {
  it('gives each of many concurrent callers the own order', async () => {
    const quantities = Array.from({ length: 300 }, (_, n) => n + 1)

    const placed = await Promise.all(
      quantities.map((quantity) => place(draft({ quantity, requestId: `request-${quantity}` }))),
    )

    expect(placed.map(({ order }) => order.quantity)).toEqual(quantities)
    expect(new Set(placed.map(({ order }) => order.id)).size).toBe(300)
  })
})

describe('listOrders', () => {
  it('lists the orders of one product newest first, each once over the pages', async () => {
    const orders = await store(...Array.from({ length: 5 }, () => draft()), draft({ productId: 8 }))
    const ids = orders.slice(0, 5).map(({ id }) => id)

    const first = await listOrders(7, 3)
    const second = await listOrders(7, 3, first.at(-1)?.id)

    expect([...first, ...second].map(({ id }) => id)).toEqual(ids.reverse())
  })
})

describe('listAllOrders', () => {
  it('lists the orders of every product newest first, each once over the pages', async () => {
    const orders = await store(draft(), draft({ productId: 8 }), draft(), draft({ productId: 9 }), draft())
    const ids = orders.map(({ id }) => id)

    const first = await listAllOrders(3)
    const second = await listAllOrders(2, first.at(-1)?.id)

    expect([...first, ...second].map(({ id }) => id)).toEqual(ids.reverse())
  })
})

describe('settle', () => {
  it('settles an order once when two batches bring its outcome at the same time', async () => {
    const orders = await store(...Array.from({ length: 50 }, () => draft()))
    const settlements = orders.map(({ id }) => ({ orderId: id, status: 'confirmed' as const, reason: null }))

    const [first, second] = await Promise.all([settle(...settlements), settle(...settlements.toReversed())])

    expect([...first, ...second].map(({ id }) => id).sort((a, b) => a - b)).toEqual(
      orders.map(({ id }) => id),
    )
  })
})

describe('claimUnsettledOrders', () => {
  it('doubles the pause from one announcement to the next, up to an hour', async () => {
    await storeOne()
    const pauses: number[] = []

    for (let announcement = 0; announcement < 11; announcement += 1) {
      await makeDue()
      await claim()
      const [{ seconds = 0 } = {}] = await runSql<{ seconds: number }>(
        own.databaseUrl,
        'select round(extract(epoch from announce_again_at - now()))::int as seconds from orders.orders',
      )
      pauses.push(seconds)
    }

    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
  })

  it('takes at most so many, those first that wait longest', async () => {
    const [first, second] = await store(draft(), draft())
    await makeDue()
    await runSql(
      own.databaseUrl,
      `update orders.orders set announce_again_at = now() - interval '1 hour' where id = $1`,
      [second?.id],
    )

    const claimed = await claim(1)
    const rest = await claim(1)

    expect([...claimed, ...rest].map(({ order }) => order.id)).toEqual([second?.id, first?.id])
  })

  it('gives each order to one of two instances that claim at once', async () => {
    const orders = await store(...Array.from({ length: 100 }, () => draft()))
    await makeDue()

    const [first, second] = await Promise.all([claim(), claim()])

    const claimed = [...first, ...second].map(({ order }) => order.id)
    expect(claimed.sort((a, b) => a - b)).toEqual(orders.map(({ id }) => id))
  })
})

describe('makeAnnouncementsDue', () => {
  const makeDueAndClaim = async () => {
    await makeAnnouncementsDue()
    return (await claim()).map(({ order }) => order.id)
  }

  it('makes them due at once, at whatever fraction of a millisecond', async () => {
    const { id } = await storeOne()

    const claims: number[][] = []
    for (let round = 0; round < 20; round += 1) claims.push(await makeDueAndClaim())

    expect(claims).toEqual(claims.map(() => [id]))
  })
})

describe('pendingAgeSeconds', () => {
  const age = (seconds: number, id: number) =>
    runSql(
      own.databaseUrl,
      `update orders.orders set created_at = now() - interval '${seconds} s' where id = ${id}`,
    )

  it('is the age of the oldest order that is pending', async () => {
    const [settled, old, young] = [await storeOne(), await storeOne(), await storeOne()]
    await settle({ orderId: settled.id, status: 'confirmed', reason: null })
    await age(500, settled.id)
    await age(90, old.id)
    await age(10, young.id)

    expect(await pendingAgeSeconds()).toBeCloseTo(90, -1)
  })
})
