import type { Cached } from '@stockroom/cache/cache'
import { twoTierCache } from '@stockroom/cache/create-cache'
import { databaseIdentity } from '@stockroom/database/identity'
import type { Product, VersionedProduct } from './product.ts'
import { findProducts } from './product-store.ts'

const products = twoTierCache<Product>({
  name: 'products',
  domain: 'products',
  key: (id) => `product:${id}`,
  load: async (id) => {
    const [found] = await findProducts([id])
    return found && { version: found.version, value: found.product }
  },
  database: () => databaseIdentity('products'),
  isValue: isProduct,
})

/** Looks a product up, in the cache first. This is the one door through which orders see products. */
export const findProduct = (id: number): Promise<Cached<Product>> => products.get(id)

/** Shows committed products to every instance. */
export async function writeThrough(changed: readonly VersionedProduct[]): Promise<void> {
  await Promise.all(
    changed.map(({ product, version }) => products.set(product.id, { version, value: product })),
  )
}

/** Shows every instance that a product is gone; `version` is the last that it had. */
export const tombstone = (id: number, version: number): Promise<void> =>
  products.set(id, { version: version + 1, value: null })

/**
 * Reads products from the database into the cache, and takes those that don't exist out of it; says which of `ids` exist
 * and which don't.
 */
export async function warmProducts(ids: readonly number[]): Promise<{ warmed: number[]; missing: number[] }> {
  const unique = [...new Set(ids)]
  const found = await findProducts(unique)
  const warm = new Set(found.map(({ product }) => product.id))
  const missing = unique.filter((id) => !warm.has(id))
  await Promise.all([writeThrough(found), ...missing.map((id) => products.invalidate(id))])
  return { warmed: unique.filter((id) => warm.has(id)), missing }
}

/** Whether a copy is the product as this version of the shop knows products. */
function isProduct(copy: unknown, id: number): copy is Product {
  if (typeof copy !== 'object' || copy === null) return false
  const { name, price, qty, createdAt, updatedAt, ...rest } = copy as Partial<Product>
  return (
    rest.id === id &&
    typeof price === 'number' &&
    typeof qty === 'number' &&
    [name, createdAt, updatedAt].every((text) => typeof text === 'string')
  )
}
