import { describe, expect, it } from '@jest/globals'
import { type Transaction, transaction } from '@stockroom/database/query'
import pg from 'pg'
import type { Product } from '../../../functions/products/product.ts'
import type { ReturnEntry, StockDecision } from '../../../functions/products/stock.ts'
import {
  disownDecisions,
  enterDecisions,
  enterReturns,
  type LockedRow,
  lockAndRead,
  lockedStock,
} from '../../../functions/products/stock-store.ts'
import { eventually } from '../../support/eventually.ts'
import { ownServices } from '../../support/own-services.ts'
import { ledgerOf, run, storeProduct } from '../../support/stories.ts'
import { runSql } from '../../support/test-database.ts'

const own = ownServices()

const missingProduct = 9_007_199_254_740_991
const lock = async (trx: Transaction, productIds: number[], orderIds: number[] = []) =>
  lockedStock(productIds, await run<LockedRow>(trx, lockAndRead(productIds, orderIds)))
const enter = (decisions: StockDecision[], remaining = new Map<number, number>()) =>
  transaction('products', (trx) =>
    run<Product & { version: number }>(trx, enterDecisions(decisions, remaining)),
  )
const find = (orderIds: number[]) =>
  transaction('products', async (trx) => (await lock(trx, [], orderIds)).decisions)
const byOrder = (one: { orderId: number }, other: { orderId: number }) => one.orderId - other.orderId

describe('lockAndRead', () => {
  it('resolves to the stock of the products that exist', async () => {
    const [one, other] = [await storeProduct({ qty: 3 }), await storeProduct({ qty: 0 })]

    const { stock, locked } = await transaction('products', (trx) =>
      lock(trx, [other.id, missingProduct, one.id]),
    )

    expect(locked.size).toBe(0)
    expect(stock).toEqual(
      new Map([
        [one.id, 3],
        [other.id, 0],
      ]),
    )
  })

  it('lets a second batch wait until the first has committed, whatever the order of its ids', async () => {
    const [one, other] = [await storeProduct({ qty: 3 }), await storeProduct({ qty: 3 })]
    const { promise: firstMayEnd, resolve: endFirst } = Promise.withResolvers<void>()
    const { promise: firstHasLocked, resolve: tellLocked } = Promise.withResolvers<void>()
    const first = transaction('products', async (trx) => {
      await lock(trx, [one.id, other.id])
      tellLocked()
      await firstMayEnd
      await run(
        trx,
        enterDecisions(
          [],
          new Map([
            [one.id, 1],
            [other.id, 2],
          ]),
        ),
      )
    })
    await firstHasLocked

    const second = transaction('products', (trx) => lock(trx, [other.id, one.id]))
    await eventually(async () => {
      const [{ waiting = 0 } = {}] = await runSql<{ waiting: number }>(
        own.databaseUrl,
        "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      return waiting === 1
    })
    endFirst()
    await first

    expect((await second).stock).toEqual(
      new Map([
        [one.id, 1],
        [other.id, 2],
      ]),
    )
  })
})

describe('lockAndRead, while somebody keeps a product locked', () => {
  it('locks the others for the transaction, and tells which it could not', async () => {
    const [free, kept] = [await storeProduct({ qty: 3 }), await storeProduct({ qty: 4 })]
    const holder = new pg.Client(own.databaseUrl)
    await holder.connect()
    await holder.query('begin')
    await holder.query('select 1 from products.products where id = $1 for update', [kept.id])
    const isFree = (id: number) =>
      runSql(own.databaseUrl, 'select 1 from products.products where id = $1 for update nowait', [id]).then(
        () => true,
        () => false,
      )

    const outcomes: unknown[] = []
    for (let batch = 0; batch < 2; batch += 1) {
      await transaction('products', async (trx) => {
        outcomes.push(await lock(trx, [kept.id, free.id, missingProduct]), await isFree(free.id))
      })
    }
    await holder.end()

    const outcome = { stock: new Map([[free.id, 3]]), locked: new Set([kept.id]), decisions: [] }
    expect(outcomes).toEqual([outcome, false, outcome, false])
  })
})

describe('enterDecisions and lockAndRead', () => {
  it('find again what was entered, whatever was decided', async () => {
    const { id: productId } = await storeProduct({ qty: 100 })
    const decisions: StockDecision[] = [
      { orderId: 101, productId, quantity: 4, outcome: 'sale' },
      { orderId: 102, productId, quantity: 900, outcome: 'insufficient-stock' },
      { orderId: 103, productId: missingProduct, quantity: 1, outcome: 'product-not-found' },
    ]

    await enter(decisions)
    const found = await find([103, 101, 102, 104])

    expect(found.sort(byOrder)).toEqual([
      { orderId: 101, productId, quantity: 4, outcome: 'sale', cancelledAt: null },
      expect.objectContaining({ orderId: 102, productId, outcome: 'insufficient-stock' }),
      expect.objectContaining({ orderId: 103, productId: missingProduct, outcome: 'product-not-found' }),
    ])
  })

  it('enter a thousand decisions at once', async () => {
    const { id: productId } = await storeProduct({ qty: 5000 })
    const orderIds = Array.from({ length: 1000 }, (_, n) => 10_000 + n)
    const decisions = orderIds.map((orderId) => ({
      orderId,
      productId,
      quantity: 2,
      outcome: 'sale' as const,
    }))

    await enter(decisions)

    const found = await find(orderIds)
    expect(found.sort(byOrder)).toEqual(decisions.map((one) => ({ ...one, cancelledAt: null })))
  })

  it('fail as a whole when one of the orders was decided before', async () => {
    const { id: productId } = await storeProduct()
    const sale = (orderId: number): StockDecision => ({ orderId, productId, quantity: 1, outcome: 'sale' })
    await enter([sale(201)])

    const again = enter([sale(202), sale(201)])

    await expect(again).rejects.toMatchObject({ constraint: 'an_order_is_decided_once' })
    expect(await find([202])).toEqual([])
  })

  it('tell when an order was cancelled, before its decision or after, on the later clock', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    const createdAt = '2999-11-21T10:00:00.000Z'
    await enter([{ orderId: 401, productId, quantity: 2, outcome: 'sale' }])
    const entries: ReturnEntry[] = [
      { orderId: 401, productId, change: 2, kind: 'return', createdAt },
      { orderId: 402, productId, change: 0, kind: 'cancelled', createdAt: '2000-11-21T10:00:00.000Z' },
    ]

    await transaction('products', (trx) => run(trx, enterReturns(entries, new Map([[productId, 10]]))))

    const [sale, cancelled] = (await find([401, 402])).sort(byOrder)
    expect(sale).toMatchObject({ outcome: 'sale', quantity: 2 })
    expect(Date.parse(String(sale?.cancelledAt))).toBe(Date.parse(createdAt))
    expect(cancelled).toMatchObject({ outcome: 'cancelled', quantity: 0 })
    expect(Date.now() - Date.parse(String(cancelled?.cancelledAt))).toBeLessThan(60_000)
  })

  it('fail when stock of an order comes back a second time', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    await enter([{ orderId: 411, productId, quantity: 2, outcome: 'sale' }])
    const giveBack = () =>
      transaction('products', (trx) =>
        run(trx, enterReturns([{ orderId: 411, productId, change: 2, kind: 'return' }], new Map())),
      )
    await giveBack()

    await expect(giveBack()).rejects.toMatchObject({ constraint: 'an_order_is_returned_once' })
  })
})

describe('disownDecisions', () => {
  it('frees the ids of orders for others, and keeps what was taken as an adjustment', async () => {
    const { id: productId } = await storeProduct({ qty: 100 })
    const sale = (orderId: number, quantity: number) =>
      ({ orderId, productId, quantity, outcome: 'sale' }) satisfies StockDecision
    await enter([sale(301, 4), sale(302, 5)])

    await transaction('products', (trx) => run(trx, disownDecisions([301, 303])))

    await enter([sale(301, 6)])
    expect(await ledgerOf(own.databaseUrl, productId)).toMatchObject({
      initial: 100,
      adjustments: -4,
      sold: 11,
    })
  })
})

describe('enterDecisions', () => {
  it('writes what is left of many products and raises their versions', async () => {
    const [one, other] = [await storeProduct({ qty: 30 }), await storeProduct({ qty: 40 })]
    const remaining = new Map([
      [one.id, 0],
      [other.id, 39],
    ])

    const written = await enter([], remaining)

    expect(written.sort((a, b) => a.id - b.id)).toEqual([
      { ...one, version: 2, qty: 0, updatedAt: expect.any(String) },
      { ...other, version: 2, qty: 39, updatedAt: expect.any(String) },
    ])
    expect(Date.parse(written[0]?.updatedAt as string)).toBeGreaterThan(Date.parse(one.updatedAt))
  })

  it('is refused stock below zero', async () => {
    const { id } = await storeProduct({ qty: 1 })

    await expect(enter([], new Map([[id, -1]]))).rejects.toMatchObject({
      constraint: 'stock_is_never_negative',
    })
  })
})
