import { describe, expect, it } from '@jest/globals'
import { transaction } from '@stockroom/database/query'
import type { Product } from '../../../functions/products/product.ts'
import type { ReturnEntry, StockDecision } from '../../../functions/products/stock.ts'
import {
  enterDecisions,
  enterReturns,
  type LockedRow,
  lockAndRead,
  lockedStock,
} from '../../../functions/products/stock-store.ts'
import { ownServices } from '../../support/own-services.ts'
import { run, storeProduct } from '../../support/stories.ts'

ownServices()

const enter = (decisions: StockDecision[], remaining = new Map<number, number>()) =>
  transaction('products', (trx) =>
    run<Product & { version: number }>(trx, enterDecisions(decisions, remaining)),
  )

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

    const rows = await transaction('products', (trx) => run<LockedRow>(trx, lockAndRead([], [401, 402])))
    const { decisions } = lockedStock([], rows)
    const [sale, cancelled] = decisions.sort((one, other) => one.orderId - other.orderId)
    expect(sale).toMatchObject({ outcome: 'sale', quantity: 2 })
    expect(Date.parse(String(sale?.cancelledAt))).toBe(Date.parse(createdAt))
    expect(cancelled).toMatchObject({ outcome: 'cancelled', quantity: 0 })
    expect(Date.now() - Date.parse(String(cancelled?.cancelledAt))).toBeLessThan(60_000)
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
