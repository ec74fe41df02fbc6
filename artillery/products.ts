import { query } from '@stockroom/database/query'

/** The products that a run sells. */
export interface LoadedProducts {
  /** Has more pieces than any run can sell. */
  productId: number
  /** Has none. */
  soldOutId: number
  /** Is ordered before the load, one order at a time. */
  singleId: number
}

/** Creates them through the shop's API, and makes sure that the database we read is the one that the shop writes. */
export async function createProducts(url: string): Promise<LoadedProducts> {
  const productId = await createProduct(url, { name: 'Load test', price: 19.99, qty: 1_000_000_000 })
  const soldOutId = await createProduct(url, { name: 'Load test, sold out', price: 19.99, qty: 0 })
  const singleId = await createProduct(url, {
    name: 'Load test, one at a time',
    price: 19.99,
    qty: 1_000_000,
  })
  if (!(await isInOurDatabase(productId)))
    throw new Error(
      `The shop at ${url} has another database: set DATABASE_URL, or STOCKROOM_DATA_DIR, to its own.`,
    )
  return { productId, soldOutId, singleId }
}

async function isInOurDatabase(productId: number): Promise<boolean> {
  const [schema] = await query<{ exists: boolean }>(
    'products',
    `select to_regclass('products.products') is not null as exists`,
  )
  if (!schema?.exists) return false
  const rows = await query(
    'products',
    `select id from products.products
      where id = ? and name = 'Load test' and created_at > now() - interval '1 minute'`,
    [productId],
  )
  return rows.length > 0
}

async function createProduct(url: string, product: object): Promise<number> {
  const response = await fetch(`${url}/products`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': process.env.ADMIN_API_KEY?.split(',')[0] ?? '',
    },
    body: JSON.stringify(product),
  })
  const body = await response.text()
  if (response.status !== 201)
    throw new Error(`The shop at ${url} creates no product: ${response.status} ${body}`)
  return JSON.parse(body).id
}
