import { query } from '@stockroom/database/query'
import type { Product } from './product.ts'
import type { ProductListRequest, ProductPlace } from './product-list.ts'

/** A product in a list, with its place there. */
export interface ListedProduct {
  product: Product
  place: ProductPlace
}

/** What is sorted by, and what is behind a place. */
const orders = {
  newest: { key: 'id', behind: '(id, id) < (?, ?)', by: 'id desc' },
  name: { key: 'name_key', behind: '(name_key, id) > (?, ?)', by: 'name_key, id' },
  price: { key: 'price', behind: '(price, id) > (?, ?)', by: 'price, id' },
} as const

/** So many products of a list are looked at before those with the words are asked for by themselves. */
const looksAt = 10_000

/**
 * Reads the products of a list behind a place, `limit` at most. Words that many products have are soon met where the list
 * is read in its order; those that few have, their index knows. So neither costs more where there are a million products.
 */
export async function listProducts(request: ProductListRequest): Promise<ListedProduct[]> {
  if (request.search === undefined)
    return read(request, { from: `select * from products.products ${where(request)}` })
  const { by } = orders[request.sort]
  const met = await read(request, {
    from: `select * from products.products ${where(request)} order by ${by} limit ${looksAt}`,
    having: hasWords,
  })
  if (met.length === request.limit) return met
  return read(request, {
    from: `select * from products.products ${where(request)} and ${hasWords} offset 0`,
  })
}

/** The search is made once, and not for every row. */
const hasWords = 'words @@ (select products.search_of(?))'

function where({ before, isInStock, sort }: ProductListRequest): string {
  return `where ${before ? orders[sort].behind : 'true'} and ${isInStock ? 'in_stock' : 'true'}`
}

async function read(
  { before, limit, search, sort }: ProductListRequest,
  { from, having }: { from: string; having?: string },
): Promise<ListedProduct[]> {
  const { key, by } = orders[sort]
  const rows = await query<Product & { key: string | number }>(
    'products',
    `select id, name, price, qty, created_at as "createdAt", updated_at as "updatedAt", ${key} as key
       from (${from}) as products ${having ? `where ${having}` : ''}
      order by ${by}
      limit ?`,
    [...(before ? [before.key, before.id] : []), ...(search === undefined ? [] : [search]), limit],
  )
  return rows.map(({ key, ...product }) => ({ product, place: { key, id: product.id } }))
}
