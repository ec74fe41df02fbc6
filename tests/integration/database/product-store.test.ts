import { describe, expect, it } from '@jest/globals'
import { type Transaction, transaction } from '@stockroom/database/query'
import type { ProductChange, VersionedProduct } from '../../../functions/products/product.ts'
import {
  changeProduct,
  findProducts,
  insertProduct,
  lockProduct,
  removeProduct,
} from '../../../functions/products/product-store.ts'
import { ownServices } from '../../support/own-services.ts'
import { ledgerOf, storeProduct } from '../../support/stories.ts'

const own = ownServices()

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const lock = async (trx: Transaction, id: number) => (await lockProduct(trx, id)) as VersionedProduct
const change = (id: number, members: ProductChange) =>
  transaction('products', async (trx) => changeProduct(trx, (await lock(trx, id)).product, members))

describe('insertProduct', () => {
  it('stores a product as it is given, in its first version', async () => {
    const name = 'Tee "Größe L" – 木 🌲'

    const { product, version } = await transaction('products', (trx) =>
      insertProduct(trx, { name, price: 19.99, qty: 7 }),
    )

    expect(product).toEqual({
      id: expect.any(Number),
      name,
      price: 19.99,
      qty: 7,
      createdAt: expect.stringMatching(isoTime),
      updatedAt: product.createdAt,
    })
    expect(version).toBe(1)
  })

  it.each([0, 0.1, 4.35, 999_999_999.99])('keeps the price %d to the cent', async (price) => {
    const product = await storeProduct({ price })

    const [found] = await findProducts([product.id])

    expect(found?.product.price).toBe(price)
  })
})

describe('findProducts', () => {
  it('finds those that exist of many', async () => {
    const [one, other] = [await storeProduct(), await storeProduct()]

    const found = await findProducts([other.id, 9_007_199_254_740_991, one.id, one.id])

    expect(found.map(({ product }) => product.id).sort((a, b) => a - b)).toEqual([one.id, other.id])
  })
})

describe('changeProduct', () => {
  it('changes what is given and leaves the rest', async () => {
    const product = await storeProduct({ name: 'Mug', price: 12.5, qty: 4 })

    const changed = await change(product.id, { price: 9.95 })

    expect(changed).toEqual({
      version: 2,
      product: { ...product, price: 9.95, updatedAt: expect.stringMatching(isoTime) },
    })
    expect(Date.parse(changed?.product.updatedAt as string)).toBeGreaterThan(Date.parse(product.updatedAt))
  })

  it('enters the difference of the stock into the ledger, up, down, and nothing where it stays', async () => {
    const { id } = await storeProduct({ qty: 10 })

    for (const qty of [25, 5, 5]) await change(id, { qty })

    const entries = await own.sql('select kind, change from products.stock_movements where product_id = $1', [
      id,
    ])
    expect(entries).toEqual([
      { kind: 'initial', change: 10 },
      { kind: 'adjustment', change: 15 },
      { kind: 'adjustment', change: -20 },
    ])
  })
})

describe('removeProduct', () => {
  it('removes the product and takes its stock out of the books', async () => {
    const { id } = await storeProduct({ qty: 10 })
    await change(id, { qty: 8 })

    await transaction('products', async (trx) => removeProduct(trx, (await lock(trx, id)).product))

    expect(await findProducts([id])).toEqual([])
    expect(await ledgerOf(own.databaseUrl, id)).toEqual({ initial: 10, adjustments: -10, sold: 0, final: 0 })
  })
})
