import { query } from '@stockroom/database/query'

/** A product with what became of its stock. */
export interface Sales {
  id: number
  name: string
  price: number
  qty: number
  /** What it has got in all, from its first stock on. */
  supplied: number
}

const columns = `id, name, price, qty, (
  select coalesce(sum(change), 0)::int8 from products.stock_movements
   where product_id = products.id and kind in ('initial', 'adjustment', 'removal')
) as supplied`

/** Reads the products that exist of `ids`, in no particular order, and the newest. */
export const findSales = (ids: readonly number[], newest: number): Promise<Sales[]> =>
  query<Sales>(
    'products',
    `select ${columns} from products.products where id = any(?)
     union
     select * from (select ${columns} from products.products order by id desc limit ?) as newest`,
    [ids, newest],
  )
