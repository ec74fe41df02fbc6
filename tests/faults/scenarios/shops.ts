import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../../bench/processes/eventually.ts'
import { storedOrders } from '../checks/shop-books.ts'
import { type Cancellations, cancelOrders } from '../load/cancellations.ts'
import type { Scenario, Stage } from '../scenario.ts'
import type { ClientFrame } from '../services/amqp-frames.ts'

const stopLimitSeconds = 10
/** The kernel may open a new connection in the instant between the shop's last look and the end of its port. */
const mostUnheard = 1

const publishing = (routingKey: string) => (frame: ClientFrame) =>
  frame.kind === 'publish' && frame.routingKey?.startsWith(routingKey) === true

/** The shop stands at a certain point, from which on a gate lets nothing of a connection reach the broker. */
async function standStill({ gate }: Stage, holds: (frame: ClientFrame) => boolean): Promise<void> {
  gate.holdFrom(holds)
  await eventually(() => gate.held > 0)
  await pause(1500)
}

const movements = 'products.stock_movements m join orders.orders o on o.id = m.order_id'

/** The shop is killed at a certain point and started again. `caught` are rows that the kill has to leave there. */
const crash = (
  name: string,
  injected: string,
  holds: (frame: ClientFrame) => boolean,
  caught: string,
): Scenario => ({
  name,
  injected,
  needs: ['broker'],
  quick: true,
  shopGoes: true,
  async inject(stage) {
    await standStill(stage, holds)
    let rows = 0
    await stage.killShop(async () => {
      rows = await stage.countOf(caught)
    })
    if (rows === 0) throw new Error(`the kill caught nothing: ${caught}`)
  },
})

/** A deployment: the shop is told to stop while orders come in, and another one starts. */
const terminated: Scenario = {
  name: 'terminated',
  injected: 'shop stopped (SIGTERM) under load and started again',
  needs: [],
  quick: true,
  shopGoes: true,
  async inject({ bench, load }) {
    const [shop] = bench.shops
    load.phase = 'stopping'
    const { code, seconds } = await shop.terminate()
    if (code !== 0) throw new Error(`after SIGTERM the shop exits with ${code}`)
    if (seconds > stopLimitSeconds) throw new Error(`after SIGTERM the shop takes ${seconds} s to exit`)
    await shop.start()
    load.phase = 'healthy'
  },
  async verify({ load, urls, productIds }) {
    const { outcomes } = load.book
    const unanswered = outcomes.filter(({ failure }) => failure && failure !== 'ECONNREFUSED')
    const stored = new Set(
      (await storedOrders(urls.DATABASE_URL, productIds)).map(({ requestId }) => requestId),
    )
    const cutOff = unanswered.filter(({ requestId }) => stored.has(requestId))
    if (cutOff.length > 0)
      throw new Error(`${cutOff.length} running requests were cut off (${cutOff[0]?.failure})`)
    const closed = outcomes.filter(({ closedConnections }) => closedConnections > 0)
    if (closed.length > 0) throw new Error(`${closed.length} requests met a kept connection that was closed`)
    if (unanswered.length > mostUnheard)
      throw new Error(`${unanswered.length} requests met a closed connection (${unanswered[0]?.failure})`)
  },
}

/** Two instances share everything; one of them dies in between and comes back. */
const sideBySide: Scenario = {
  name: 'side-by-side',
  injected: 'two shops on one set of services, one of them killed and started again',
  needs: ['broker', 'cache'],
  quick: true,
  instances: 2,
  shopGoes: true,
  async inject({ bench, load }) {
    await pause(3000)
    load.phase = 'killed'
    await bench.shops[1].kill()
    await pause(1000)
    await bench.shops[1].start()
    load.phase = 'healthy'
    await pause(2000)
  },
}

const leastCancelled = 100

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
  async inject(stage) {
    const stop = cancelOrders(stage.load.book, stage.bench.shops[0].url)
    await pause(2500)
    await standStill(stage, publishing('order.created'))
    await stage.killShop()
    await pause(2500)
    const cancellations = await stop()
    stage.checks.push(() => requireCancelled(stage, cancellations))
  },
}

async function requireCancelled(stage: Stage, { cancelled, refused }: Cancellations): Promise<void> {
  if (cancelled.size < leastCancelled)
    throw new Error(`only ${cancelled.size} orders were cancelled, ${refused} refused`)
  const orders = await storedOrders(stage.urls.DATABASE_URL, stage.productIds)
  const stored = new Set(orders.filter(({ status }) => status === 'cancelled').map(({ id }) => id))
  const kept = [...cancelled].filter((id) => !stored.has(id))
  if (kept.length > 0) throw new Error(`${kept.length} orders aren't cancelled, such as ${kept[0]}`)
  for (const kind of ['sale', 'return', 'cancelled']) {
    const entries = `${movements} where o.status = 'cancelled' and m.kind = $2 and o.product_id = any($1)`
    if ((await stage.countOf(entries, [stage.productIds, kind])) === 0)
      throw new Error(`no cancelled order has an entry ${kind}: nothing has raced`)
  }
}

export const shops: Scenario[] = [
  crash(
    'killed-before-publish',
    'shop killed between the commit of orders and their publishing',
    publishing('order.created'),
    `orders.orders o where status = 'pending'
        and not exists (select 1 from products.stock_movements m where m.order_id = o.id)`,
  ),
  crash(
    'killed-before-outcome',
    'shop killed between the commit of stock and its publishing',
    publishing('stock.'),
    `${movements} where status = 'pending'`,
  ),
  crash(
    'killed-before-acknowledge',
    'shop killed between the publishing of outcomes and the ack',
    ({ kind }) => kind === 'acknowledge',
    movements,
  ),
  terminated,
  sideBySide,
  cancelled,
]
