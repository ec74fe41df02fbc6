import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import { storedOrders } from '../checks/shop-books.ts'
import { Cancellations } from '../load/cancellations.ts'
import type { Scenario } from '../scenario.ts'
import type { AmqpGate } from '../services/amqp-gate.ts'

const cancellations = new WeakMap<object, Cancellations>()

/**
 * Customers cancel a third of their orders, at once or a little later. Then nothing reaches the broker any more, so that
 * orders are cancelled whose stock nobody decides, and the shop dies.
 */
const cancelled: Scenario = {
  name: 'cancelled-while-killed',
  injected: 'a third of the orders cancelled, the shop cut off from the broker, killed, and started again',
  needs: ['broker'],
  quick: true,
  shopGoes: true,
  async inject({ bench, load }) {
    const [shop] = bench.shops
    const gate = bench.gate as AmqpGate
    const customers = new Cancellations(load, shop.url)
    cancellations.set(load, customers)
    customers.start()
    await pause(2500)
    gate.holdFrom(({ kind, routingKey }) => kind === 'publish' && routingKey === 'order.created')
    await eventually(() => gate.held > 0)
    await pause(1500)
    load.phase = 'killed'
    await shop.kill()
    gate.lose()
    await shop.start()
    load.phase = 'healthy'
    await pause(2500)
    await customers.stop()
  },
  async verify({ bench, load, productIds }) {
    const { cancelled, refused } = cancellations.get(load) as Cancellations
    if (cancelled.size < 100)
      throw new Error(`only ${cancelled.size} orders were cancelled, ${refused} refused`)
    const orders = await storedOrders(bench.urls.DATABASE_URL, productIds)
    const stored = new Set(orders.filter(({ status }) => status === 'cancelled').map(({ id }) => id))
    const kept = [...cancelled].filter((id) => !stored.has(id))
    if (kept.length > 0) throw new Error(`${kept.length} orders aren't cancelled, such as ${kept[0]}`)
    const kinds = await runSql<{ kind: string }>(
      bench.urls.DATABASE_URL,
      `select distinct m.kind from products.stock_movements m join orders.orders o on o.id = m.order_id
        where o.status = 'cancelled' and o.product_id = any($1)`,
      [productIds],
    )
    const missing = ['sale', 'return', 'cancelled'].filter((kind) => !kinds.some((row) => row.kind === kind))
    if (missing.length > 0) throw new Error(`no cancelled order has an entry ${missing}: nothing has raced`)
  },
}

export const cancellationsUnderLoad: Scenario[] = [cancelled]
