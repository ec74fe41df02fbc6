import { describe, expect, it } from '@jest/globals'
import { type Transaction, transaction } from '@stockroom/database/query'
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
import { lockRow } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { ledgerOf, run, storeProduct } from '../../support/stories.ts'

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

describe('lockAndRead, while somebody keeps a product locked', () => {
  it('locks the others for the transaction, and tells which it could not', async () => {
    const [free, kept] = [await storeProduct({ qty: 3 }), await storeProduct({ qty: 4 })]
    const holder = await lockRow(own.databaseUrl, 'products.products', kept.id)
    const isFree = (id: number) =>
      own.sql('select 1 from products.products where id = $1 for update nowait', [id]).then(
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
})
