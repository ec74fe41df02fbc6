import { findSales, type Sales } from './sales-store.ts'

/** A product with its stock, and what was taken of that and not given back. */
export type SoldProduct = Omit<Sales, 'supplied'> & { sold: number }

const shownProducts = 8

/** Reads how products sell: those of `ids` in their order, then the newest. */
export async function readSales(ids: readonly number[]): Promise<SoldProduct[]> {
  const place = new Map(ids.map((id, index) => [id, index]))
  const placeOf = ({ id }: Sales) => place.get(id) ?? ids.length
  const found = await findSales(ids, shownProducts)
  return found
    .sort((one, other) => placeOf(one) - placeOf(other) || other.id - one.id)
    .slice(0, shownProducts)
    .map(({ supplied, ...product }) => ({ ...product, sold: supplied - product.qty }))
}
