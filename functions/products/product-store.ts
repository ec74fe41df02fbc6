import { query, type Transaction } from '@stockroom/database/query'
import type { NewProduct, Product, ProductChange } from './product.ts'

/** A product with the version of its row, which every change raises by one. */
export interface VersionedProduct {
  product: Product
  version: number
}

type Row = Product & { version: number }

const columns = `id, name, price, qty, created_at as "createdAt", updated_at as "updatedAt", version`

const versioned = ({ version, ...product }: Row): VersionedProduct => ({ product, version })

/** Stores a new product, with its stock as the first entry of the ledger. */
export async function insertProduct(
  trx: Transaction,
  { name, price, qty }: NewProduct,
): Promise<VersionedProduct> {
  const [row] = await query<Row>(
    trx,
    `with product as (
       insert into products.products (name, price, qty) values (?, ?, ?) returning *
     ), movement as (
       insert into products.stock_movements (product_id, change, kind) select id, qty, 'initial' from product
     )
     select ${columns} from product`,
    [name, price, qty],
  )
  return versioned(row as Row)
}

/** Reads the products that exist of `ids`, in no particular order. */
export async function findProducts(ids: readonly number[]): Promise<VersionedProduct[]> {
  const rows = await query<Row>('products', `select ${columns} from products.products where id = any(?)`, [
    ids,
  ])
  return rows.map(versioned)
}

/**
 * Changes a product and enters a change of its stock into the ledger as an adjustment, under the row's lock. Resolves
 * to undefined when there is no such product.
 */
export async function changeProduct(
  trx: Transaction,
  id: number,
  { name, price, qty }: ProductChange,
): Promise<VersionedProduct | undefined> {
  const [before] = await query<{ qty: number }>(
    trx,
    'select qty from products.products where id = ? for update',
    [id],
  )
  if (!before) return undefined
  const [row] = await query<Row>(
    trx,
    `update products.products
        set name = coalesce(?, name), price = coalesce(?, price), qty = coalesce(?, qty),
            version = version + 1, updated_at = now()
      where id = ?
      returning ${columns}`,
    [name ?? null, price ?? null, qty ?? null, id],
  )
  if (qty !== undefined && qty !== before.qty) await enterMovement(trx, id, qty - before.qty, 'adjustment')
  return versioned(row as Row)
}

/** Removes a product and takes what was left of its stock out of the books. Resolves to its last version, or undefined. */
export async function removeProduct(trx: Transaction, id: number): Promise<number | undefined> {
  const [removed] = await query<{ qty: number; version: number }>(
    trx,
    'delete from products.products where id = ? returning qty, version',
    [id],
  )
  if (!removed) return undefined
  await enterMovement(trx, id, -removed.qty, 'removal')
  return removed.version
}

async function enterMovement(
  trx: Transaction,
  productId: number,
  change: number,
  kind: 'adjustment' | 'removal',
): Promise<void> {
  await query(trx, 'insert into products.stock_movements (product_id, change, kind) values (?, ?, ?)', [
    productId,
    change,
    kind,
  ])
}
