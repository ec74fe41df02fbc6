import { query } from '@stockroom/database/query'
import { type DecisionRow, type OrderRow, type ProductTally, Tally } from './tally.ts'

/** What a shop's orders, ledger and stock come to. */
export interface Reconciliation {
  orders: Tally['orders']
  /** Cancelled orders that aren't known to have given their stock back. */
  returning: number
  products: ProductStock[]
  /** Events that no broker has confirmed yet. */
  outbox: { products: number; orders: number }
  /** Every violation of a promise, naming the row that breaks it. None in a shop that keeps its promises. */
  violations: string[]
}

/** The stock of one product in pieces; `left` is null when the product was deleted. */
export interface ProductStock extends ProductTally, Stock {}

interface Stock {
  id: number
  initial: number
  /** By which edits and deletion have changed it. */
  adjusted: number
  /** All that the ledger says was taken, and not given back, whether its order was read or came later. */
  taken: number
  left: number | null
}

const ordersPerStep = 50_000
const orderColumns = `id, product_id as "productId", quantity, status, stock_returned_at is not null as "isReturned"`

/** Entries that only cancelled orders have. */
const endings = new Set(['cancelled', 'return'])

/**
 * Reads both schemas and compares them: the orders with the ledger, order by order, and the ledger with the stock.
 * Orders are read before what the ledger says of them, so that what a running shop does meanwhile is no violation.
 */
export async function reconcile(): Promise<Reconciliation> {
  const tally = await compareOrdersWithLedger()
  const stocks = await readStocks()
  return {
    orders: tally.orders,
    returning: tally.returning,
    products: stocks.map((stock) => ({ ...stock, ...tally.product(stock.id) })),
    outbox: { products: await countRows('products'), orders: await countRows('orders') },
    violations: [...tally.violations, ...(await ordersDecidedTwice()), ...stocks.flatMap(stockViolations)],
  }
}

async function compareOrdersWithLedger(): Promise<Tally> {
  const tally = new Tally()
  const withoutOrder: DecisionRow[] = []
  let last = 0
  for (let orders = await readOrders(last); orders.length > 0; orders = await readOrders(last)) {
    const first = last
    last = orders.at(-1)?.id as number
    const entries = await readDecisions(first, last)
    withoutOrder.push(...tally.compare(await withCancellations(orders, entries), entries))
  }
  withoutOrder.push(...(await readDecisions(last, Number.MAX_SAFE_INTEGER)))
  tally.noteLost(await lostOrders(withoutOrder))
  return tally
}

/** In a running shop an order may have been cancelled after it was read: of those the present state counts. */
async function withCancellations(
  orders: readonly OrderRow[],
  entries: readonly DecisionRow[],
): Promise<readonly OrderRow[]> {
  const ended = new Set(entries.filter(({ kind }) => endings.has(kind)).map(({ orderId }) => orderId))
  const stale = orders.filter(({ id, status }) => status !== 'cancelled' && ended.has(id))
  if (stale.length === 0) return orders
  const rows = await query<OrderRow>(
    'orders',
    `select ${orderColumns} from orders.orders where id = any(?)`,
    [stale.map(({ id }) => id)],
  )
  const present = new Map(rows.map((order) => [order.id, order]))
  return orders.map((order) => present.get(order.id) ?? order)
}

/** In a running shop an order may be committed after one with a higher id was read: it is there by now. */
async function lostOrders(decisions: readonly DecisionRow[]): Promise<DecisionRow[]> {
  const rows = await query<{ id: number }>('orders', 'select id from orders.orders where id = any(?)', [
    decisions.map(({ orderId }) => orderId),
  ])
  const present = new Set(rows.map(({ id }) => id))
  return decisions.filter(({ orderId }) => !present.has(orderId))
}

function readOrders(after: number): Promise<OrderRow[]> {
  return query<OrderRow>(
    'orders',
    `select ${orderColumns} from orders.orders where id > ? order by id limit ?`,
    [after, ordersPerStep],
  )
}

function readDecisions(after: number, last: number): Promise<DecisionRow[]> {
  return query<DecisionRow>(
    'products',
    `select order_id as "orderId", product_id as "productId", change, kind
       from products.stock_movements where order_id > ? and order_id <= ? and kind <> 'return'
      union all
     select order_id, product_id, change, kind
       from products.stock_movements where order_id > ? and order_id <= ? and kind = 'return'`,
    [after, last, after, last],
  )
}

/** Unique indexes forbid it; an audit doesn't take an index's word for it. */
async function ordersDecidedTwice(): Promise<string[]> {
  const rows = await query<{ orderId: number; isReturn: boolean; times: number }>(
    'products',
    `select order_id as "orderId", kind = 'return' as "isReturn", count(*) as times from products.stock_movements
      where order_id is not null group by 1, 2 having count(*) > 1 order by 1, 2`,
  )
  return rows.map(
    ({ orderId, isReturn, times }) =>
      `order ${orderId} was ${isReturn ? 'returned' : 'decided'} ${times} times`,
  )
}

/** One statement, so that stock and ledger are of the same moment. */
function readStocks(): Promise<Stock[]> {
  return query<Stock>(
    'products',
    `select coalesce(id, product_id) as id, qty as "left", coalesce(initial, 0) as initial,
            coalesce(adjusted, 0) as adjusted, coalesce(taken, 0) as taken
       from products.products full join (
         select product_id,
                sum(change) filter (where kind = 'initial') as initial,
                sum(change) filter (where kind in ('adjustment', 'removal')) as adjusted,
                -sum(change) filter (where kind in ('sale', 'return')) as taken
           from products.stock_movements
          group by product_id
         having bool_or(kind = 'initial') or sum(change) <> 0
       ) ledger on product_id = id
      order by 1`,
  )
}

function stockViolations({ id, initial, adjusted, taken, left }: Stock): string[] {
  const expected = initial + adjusted - taken
  if (left !== null && left < 0) return [`product ${id} has a stock of ${left}`]
  if (expected === (left ?? 0)) return []
  return [`product ${id} has ${left ?? 'no'} pieces, but the ledger says ${expected}`]
}

async function countRows(domain: 'products' | 'orders'): Promise<number> {
  const [row] = await query<{ count: number }>(domain, `select count(*) as count from ${domain}.outbox`)
  return row?.count ?? 0
}
