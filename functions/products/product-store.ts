import { query, type Transaction } from '@stockroom/database/query'
import { enterMovement } from './ledger-store.ts'
import type { NewProduct, Product, ProductChange, VersionedProduct } from './product.ts'

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

/** Locks a product for the transaction and reads it, or resolves to undefined. */
export async function lockProduct(trx: Transaction, id: number): Promise<VersionedProduct | undefined> {
  const [row] = await query<Row>(trx, `select ${columns} from products.products where id = ? for update`, [
    id,
  ])
  return row && versioned(row)
}

/** Changes a locked product, and enters a change of its stock into the ledger as an adjustment. */
export async function changeProduct(
  trx: Transaction,
  { id, qty: before }: Product,
  { name, price, qty }: ProductChange,
): Promise<VersionedProduct> {
  const [row] = await query<Row>(
    trx,
    `update products.products
        set name = coalesce(?, name), price = coalesce(?, price), qty = coalesce(?, qty),
            version = version + 1, updated_at = now()
      where id = ?
      returning ${columns}`,
    [name ?? null, price ?? null, qty ?? null, id],
  )
  if (qty !== undefined && qty !== before)
    await enterMovement(trx, { productId: id, change: qty - before, kind: 'adjustment' })
  return versioned(row as Row)
}

/** Changes the stock of a locked product by a number of pieces; whoever calls it enters that into the ledger. */
export async function changeStock(
  trx: Transaction,
  { id }: Product,
  change: number,
): Promise<VersionedProduct> {
  const [row] = await query<Row>(
    trx,
    `update products.products set qty = qty + ?, version = version + 1, updated_at = now()
      where id = ?
      returning ${columns}`,
    [change, id],
  )
  return versioned(row as Row)
}

/** Removes a locked product and takes what was left of its stock out of the books. */
export async function removeProduct(trx: Transaction, { id, qty }: Product): Promise<void> {
  await query(trx, 'delete from products.products where id = ?', [id])
  await enterMovement(trx, { productId: id, change: -qty, kind: 'removal' })
}
