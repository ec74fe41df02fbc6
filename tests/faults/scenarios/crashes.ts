import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import type { Scenario, Stage } from '../scenario.ts'
import type { ClientFrame } from '../services/amqp-frames.ts'
import type { AmqpGate } from '../services/amqp-gate.ts'

interface Crash {
  name: string
  injected: string
  /** From which frame on nothing of a connection reaches the broker: there the shop stands when it is killed. */
  holds(frame: ClientFrame): boolean
  /** Counts what the kill is to catch; none would mean that the scenario shows nothing. */
  caught: string
}

const publishing = (routingKey: string) => (frame: ClientFrame) =>
  frame.kind === 'publish' && frame.routingKey?.startsWith(routingKey) === true

/** The shop is killed at a certain point, which a gate before the broker holds it at, and started again. */
const crash = ({ name, injected, holds, caught }: Crash): Scenario => ({
  name,
  injected,
  needs: ['broker'],
  quick: true,
  shopGoes: true,
  async inject(stage) {
    const gate = stage.bench.gate as AmqpGate
    gate.holdFrom(holds)
    await eventually(() => gate.held > 0)
    await pause(1500)
    stage.load.phase = 'killed'
    await stage.bench.shops[0].kill()
    gate.lose()
    const rows = await countRows(stage, caught)
    await stage.bench.shops[0].start()
    stage.load.phase = 'healthy'
    if (rows === 0) throw new Error(`the kill caught nothing: ${caught}`)
  },
})

async function countRows({ bench }: Stage, sql: string): Promise<number> {
  const [row] = await runSql<{ count: number }>(bench.urls.DATABASE_URL, sql)
  return row?.count ?? 0
}

export const crashes: Scenario[] = [
  crash({
    name: 'killed-before-publish',
    injected: 'shop killed between the commit of orders and their publishing',
    holds: publishing('order.created'),
    caught: `select count(*)::int as count from orders.orders o
              where status = 'pending'
                and not exists (select 1 from products.stock_movements m where m.order_id = o.id)`,
  }),
  crash({
    name: 'killed-before-outcome',
    injected: 'shop killed between the commit of stock and its publishing',
    holds: publishing('stock.'),
    caught: `select count(*)::int as count from products.stock_movements m
               join orders.orders o on o.id = m.order_id
              where status = 'pending'`,
  }),
  crash({
    name: 'killed-before-acknowledge',
    injected: 'shop killed between the publishing of outcomes and the ack',
    holds: ({ kind }) => kind === 'acknowledge',
    caught: `select count(*)::int as count from products.stock_movements m join orders.orders o on o.id = m.order_id`,
  }),
]
