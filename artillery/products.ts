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

/**
 * Creates them through the shop's API, and makes sure that the database we read is the one that the shop writes.
 * @throws Error in one line when it isn't, or when the shop refuses
 */
export async function createProducts(url: string): Promise<LoadedProducts> {
  const products = {
    productId: await createProduct(url, 'Load test', 1_000_000_000),
    soldOutId: await createProduct(url, 'Load test, sold out', 0),
    singleId: await createProduct(url, 'Load test, one at a time', 1_000_000),
  }
  if (await isInOurDatabase(products.productId)) return products
  throw new Error(
    `The shop at ${url} has another database: set DATABASE_URL, or STOCKROOM_DATA_DIR, to its own.`,
  )
}

/** Another database may have no such table. */
async function isInOurDatabase(productId: number): Promise<boolean> {
  const sql = `select id from products.products
                where id = ? and name = 'Load test' and created_at > now() - interval '1 minute'`
  const rows = await query('products', sql, [productId]).catch(() => [])
  return rows.length > 0
}

async function createProduct(url: string, name: string, qty: number): Promise<number> {
  const response = await fetch(`${url}/products`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': process.env.ADMIN_API_KEY?.split(',')[0] ?? '',
    },
    body: JSON.stringify({ name, price: 19.99, qty }),
  })
  const body = await response.text()
  if (response.status !== 201)
    throw new Error(`The shop at ${url} creates no product: ${response.status} ${body}`)
  return JSON.parse(body).id
}
