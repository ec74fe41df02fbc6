import { beforeEach, describe, expect, it } from '@jest/globals'
import { readOrderPace } from '../../../functions/orders/order-pace.ts'
import { readSales } from '../../../functions/products/sales.ts'
import { ownServices } from '../../support/own-services.ts'
import { rowsRead } from '../../support/rows-read.ts'
import { storeProduct } from '../../support/stories.ts'

const own = ownServices()
const run = (sql: string, parameters: unknown[] = []) => own.sql(sql, parameters)

/** Orders that were accepted some seconds ago, and settled after so many milliseconds unless that is null. */
const storeOrdersOf = (
  productId: number,
  orders: { status: string; agoSeconds: number; afterMs: number | null; quantity?: number }[],
) =>
  run(
    `insert into orders.orders (product_id, quantity, unit_price, total_price, status, reason, correlation_id, created_at, settled_at)
     select $1, quantity, 1, quantity, status, case status when 'rejected' then 'insufficient-stock' end, 'request-' || n, at,
            at + "afterMs" * interval '1 ms'
       from (select ordinality as n, status, "afterMs", coalesce(quantity, 1) as quantity,
                    date_trunc('second', now()) - "agoSeconds" * interval '1 s' as at
               from rows from (json_to_recordset($2) as (status text, "agoSeconds" integer, "afterMs" integer, quantity integer))
               with ordinality as o(status, "agoSeconds", "afterMs", quantity)) as o`,
    [productId, JSON.stringify(orders)],
  )

beforeEach(() => run('truncate orders.orders, products.products, products.stock_movements cascade'))

describe('the pace of the orders', () => {
  it('is counted by second, of the last five minutes alone', async () => {
    await storeOrdersOf(7, [
      { status: 'confirmed', agoSeconds: 400, afterMs: 10 },
      { status: 'confirmed', agoSeconds: 310, afterMs: 60_000 },
      { status: 'confirmed', agoSeconds: 5, afterMs: 100 },
      { status: 'rejected', agoSeconds: 5, afterMs: 200 },
      { status: 'confirmed', agoSeconds: 5, afterMs: 2000 },
      { status: 'pending', agoSeconds: 5, afterMs: null, quantity: 3 },
    ])

    const { seconds, settling, pending } = await readOrderPace()

    const [late, ...recent] = seconds.map(({ second: _, ...counts }) => counts)
    expect(late).toEqual({ accepted: 0, confirmed: 1, rejected: 0, p50Ms: 60_000, p95Ms: 60_000 })
    expect(recent).toEqual([
      { accepted: 4, confirmed: 1, rejected: 1, p50Ms: 100, p95Ms: 200 },
      { accepted: 0, confirmed: 1, rejected: 0, p50Ms: 2000, p95Ms: 2000 },
    ])
    expect(settling).toEqual({ p50Ms: 200, p95Ms: 2000 })
    expect(pending).toEqual([{ productId: 7, orders: 1, quantity: 3, ageSeconds: expect.any(Number) }])
  })

  it('has the newest orders with their request ids, and the products that were ordered last', async () => {
    await storeOrdersOf(7, [{ status: 'confirmed', agoSeconds: 5, afterMs: 100 }])
    await storeOrdersOf(8, [{ status: 'pending', agoSeconds: 1, afterMs: null }])

    const { latest, ordered } = await readOrderPace()

    expect(latest.map(({ productId, status, requestId }) => [productId, status, requestId])).toEqual([
      [8, 'pending', 'request-1'],
      [7, 'confirmed', 'request-1'],
    ])
    expect(ordered).toEqual([8, 7])
  })

  it('reads little of a full table, though it was planned while that was empty', async () => {
    for (let count = 0; count < 10; count += 1) await readOrderPace()
    await run(
      `insert into orders.orders (product_id, quantity, unit_price, total_price, status, created_at, settled_at)
       select 1 + n % 20, 1, 1, 1, 'confirmed', now() - interval '1 hour', now() - interval '1 hour' from generate_series(1, 20000) as n`,
    )

    const read = await rowsRead(own.databaseUrl, readOrderPace)

    // The products of the newest thousand are among them.
    expect(read).toBeLessThan(2500)
  })
})

describe('how products sell', () => {
  it('is what they have got less what they have, those that were ordered last first', async () => {
    const quiet = await storeProduct({ name: 'quiet', qty: 5 })
    const loud = await storeProduct({ name: 'loud', qty: 10 })
    const newest = await storeProduct({ name: 'newest', qty: 1 })
    await run('update products.products set qty = 4 where id = $1', [loud.id])
    await run(
      `insert into products.stock_movements (product_id, order_id, change, kind) values ($1, 1, -6, 'sale')`,
      [loud.id],
    )

    const sales = await readSales([loud.id, 9_007_199_254_740_991])

    expect(sales.map(({ id, qty, sold }) => ({ id, qty, sold }))).toEqual([
      { id: loud.id, qty: 4, sold: 6 },
      { id: newest.id, qty: 1, sold: 0 },
      { id: quiet.id, qty: 5, sold: 0 },
    ])
  })
})
