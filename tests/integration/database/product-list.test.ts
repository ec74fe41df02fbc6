import { beforeAll, describe, expect, it } from '@jest/globals'
import type { ProductListRequest } from '../../../functions/products/product-list.ts'
import { listProducts } from '../../../functions/products/product-list-store.ts'
import { ownServices } from '../../support/own-services.ts'
import { rowsRead } from '../../support/rows-read.ts'
import { storeProduct } from '../../support/stories.ts'

const own = ownServices()

const request = (given: Partial<ProductListRequest> = {}): ProductListRequest => ({
  limit: 100,
  before: undefined,
  search: undefined,
  isInStock: false,
  sort: 'newest',
  ...given,
})

const namesOf = async (given: Partial<ProductListRequest>) =>
  (await listProducts(request(given))).map(({ product }) => product.name)

/** Everything that a list has, page by page. */
async function walk(given: Partial<ProductListRequest>): Promise<string[]> {
  const names: string[] = []
  let before: ProductListRequest['before']
  for (;;) {
    const page = await listProducts(request({ ...given, limit: 2, before }))
    names.push(...page.map(({ product }) => product.name))
    if (page.length < 2) return names
    before = page.at(-1)?.place
  }
}

const sold = 'Crème brûlée dish'
const shelf = [
  { name: 'enamel MUG', price: 12.5, qty: 3 },
  { name: 'Émaux, 12.5 cm', price: 9, qty: 1 },
  { name: sold, price: 9, qty: 0 },
  { name: 'Straße & Co: mug-rack', price: 0, qty: 7 },
  { name: 'Żółw łódź', price: 100, qty: 0 },
  { name: 'Łódź enamel', price: 9, qty: 2 },
  { name: 'ＭＵＧ №5', price: 4.35, qty: 1 },
  { name: 'КРУЖКА', price: 3, qty: 1 },
  { name: '木 🌲', price: 2, qty: 1 },
]

beforeAll(async () => {
  for (const product of shelf) await storeProduct(product)
})

describe('a list of products', () => {
  it('has products as the shop shows them, newest first', async () => {
    const [newest] = await listProducts(request())

    expect(newest?.product).toEqual({
      id: shelf.length,
      ...shelf.at(-1),
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect(await namesOf({})).toEqual(shelf.map(({ name }) => name).reverse())
  })

  it.each([
    ['mug', ['ＭＵＧ №5', 'Straße & Co: mug-rack', 'enamel MUG']],
    ['CREME', [sold]],
    ['brulee crème', [sold]],
    ['e', ['Łódź enamel', 'Émaux, 12.5 cm', 'enamel MUG']],
    ['enam lodz', ['Łódź enamel']],
    ['strasse', ['Straße & Co: mug-rack']],
    ['кружка', ['КРУЖКА']],
    ['12.5', ['Émaux, 12.5 cm']],
    ['🌲', ['木 🌲']],
    ['rush', []],
    ["mug' | 'x:* & ! \\", []],
    ["'; drop table products.products", []],
    ['& | !', []],
  ])('has those with the words "%s"', async (search, names) => {
    expect(await namesOf({ search })).toEqual(names)
  })

  it('leaves out what is sold out', async () => {
    const names = await namesOf({ isInStock: true })

    expect(names).toHaveLength(shelf.length - 2)
    expect(names).not.toContain(sold)
    expect(await namesOf({ isInStock: true, search: 'creme' })).toEqual([])
  })

  it('goes by name without accents and case, and by price, the same price by age', async () => {
    const names = await namesOf({ sort: 'name' })

    expect(names.slice(0, 7).join('; ')).toBe(
      'Crème brûlée dish; Émaux, 12.5 cm; enamel MUG; Łódź enamel; ＭＵＧ №5; Straße & Co: mug-rack; Żółw łódź',
    )
    expect((await namesOf({ sort: 'price' })).join('; ')).toBe(
      'Straße & Co: mug-rack; 木 🌲; КРУЖКА; ＭＵＧ №5; Émaux, 12.5 cm; Crème brûlée dish; Łódź enamel; enamel MUG; Żółw łódź',
    )
  })

  it.each(
    (['newest', 'name', 'price'] as const).flatMap((sort) => [
      { sort },
      { sort, isInStock: true },
      { sort, search: 'e' },
    ]),
  )('has each product once, whatever its pages are: %j', async (given) => {
    expect(await walk(given)).toEqual(await namesOf(given))
  })

  it('takes the longest names, of whatever letters', async () => {
    const names = ['ﷺ'.repeat(255), '각'.repeat(255), 'ffi '.repeat(63), 'ΰ'.repeat(255)]

    for (const name of names) await storeProduct({ name })

    expect((await walk({ sort: 'name' })).filter((name) => names.includes(name))).toHaveLength(names.length)
    await own.sql('delete from products.products where id > $1', [shelf.length])
  })
})

describe('a list of fifty thousand products', () => {
  beforeAll(async () => {
    await own.sql(`insert into products.products (name, price, qty)
       select 'Poster ' || n, n % 1000, case when n % 1000 = 0 then 1 else 0 end from generate_series(1, 50000) as n`)
    await own.sql('vacuum (analyze) products.products')
  }, 60_000)

  it.each([
    ...(['newest', 'name', 'price'] as const).flatMap((sort) => [
      { sort, most: 100 },
      { sort, isInStock: true, most: 100 },
      { sort, search: 'poster', most: 100 },
      { sort, search: 'poster 777', most: 11_500 },
    ]),
    { search: 'mug', most: 11_000 },
  ])('reads few of them: %j', async ({ most, ...given }) => {
    let found = 0

    const read = await rowsRead(own.databaseUrl, async () => {
      found = (await listProducts(request({ ...given, limit: 21 }))).length
    })

    expect(found).toBeGreaterThan(2)
    expect(read).toBeLessThan(most)
  })
})
