import { randomUUID } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { runSql } from '../../../bench/services/databases.ts'
import { main } from '../../../commands/audit/audit.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.withQueues(own)

async function audit() {
  const printed: string[] = []
  const code = await main((line) => printed.push(line))
  return { code, text: printed.join('\n') }
}

/** An order with a decision of the ledger that fits its status. */
async function storeOrder(status: 'pending' | 'rejected'): Promise<number> {
  const [row] = await runSql<{ id: string }>(
    own.databaseUrl,
    `insert into orders.orders (product_id, quantity, unit_price, total_price, status, reason, settled_at)
     values (7, 1, 1, 1, $1, $2, $3) returning id`,
    status === 'pending' ? [status, null, null] : [status, 'product-not-found', new Date()],
  )
  await runSql(
    own.databaseUrl,
    "insert into products.stock_movements (product_id, order_id, change, kind) values (7, $1, 0, 'product-not-found')",
    [row?.id],
  )
  return Number(row?.id)
}

async function setAside(body: string, queue = 'stock-reduction'): Promise<string> {
  const messageId = randomUUID()
  const headers = { 'x-dead-letter-reason': 'not the shape of order.created' }
  broker.channel.publish('shop.dead-letters', `${queue}.dead`, Buffer.from(body), { messageId, headers })
  await broker.channel.waitForConfirms()
  return messageId
}

it('an audit on RabbitMQ shows what waits, tells dead letters whose order has settled from those that need a person, and leaves them all', async () => {
  for (const name of ['order.created', 'order.created', 'stock.reduced'])
    broker.channel.publish('shop.events', name, Buffer.from('{}'))
  const [pending, settled] = [await storeOrder('pending'), await storeOrder('rejected')]
  await setAside(JSON.stringify({ orderId: settled }))
  await setAside(JSON.stringify({ orderId: settled }), 'order-settlement')
  await setAside(JSON.stringify({ orderId: pending }))
  const unreadable = await setAside('not JSON')
  const unknown = await setAside(JSON.stringify({ orderId: 9_007_199_254_740_991 }), 'order-settlement')

  const first = await audit()
  await broker.holds('stock-reduction.dead', 3)
  await broker.holds('order-settlement.dead', 2)
  const second = await audit()

  expect(first.code).toBe(0)
  expect(first.text).toContain('2 in stock-reduction, 1 in order-settlement')
  expect(first.text).toContain('2 harmless (settled), 1 pending (announced again), 2 for a person')
  expect(first.text).toContain(`  stock-reduction  ${unreadable}  not the shape of order.created`)
  expect(first.text).toContain(`  order-settlement  ${unknown}  not the shape of order.created`)
  expect(second).toEqual(first)
})
