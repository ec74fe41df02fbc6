import { eventually } from '../../support/eventually.ts'
import type { Bench } from '../bench.ts'
import { send } from '../load/client.ts'
import type { StoredProduct } from './shop-books.ts'

/** Settled stock is shown on every instance within a second; after Redis was away within its time to live, here 5 s. */
export async function staleProducts(
  { shops }: Bench,
  products: readonly StoredProduct[],
  cacheWasAway: boolean,
): Promise<string[]> {
  const limitMs = cacheWasAway ? 6000 : 1500
  const running = shops.filter((shop) => shop.isRunning)
  const findings = await Promise.all(
    running.flatMap(({ url }) => products.map(({ id, left }) => staleness(url, id, left, limitMs))),
  )
  return findings.flat()
}

async function staleness(shopUrl: string, id: number, left: number, limitMs: number): Promise<string[]> {
  let shown: unknown
  try {
    await eventually(async () => {
      const { body } = await send('GET', `${shopUrl}/products/${id}`)
      shown = (body as { qty?: number }).qty
      return shown === left
    }, limitMs)
    return []
  } catch {
    return [`product ${id} has ${left} pieces, but ${shopUrl} still shows ${shown}`]
  }
}
