import type { GetMessage } from 'amqplib'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import { runScript } from '../checks/audit.ts'
import { untilSettled } from '../checks/shop-books.ts'
import { send } from '../load/client.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { countReady, withChannel } from '../services/broker-client.ts'
import { discardDeadLetters, queueOf, queues } from './messages.ts'
import { gather } from './outages.ts'

const forgottenOrders = 60
const settleSeconds = 90

/**
 * The database is copied while orders are pending, another shop settles them and accepts more, and the database goes back
 * to its copy. What has become of messages meanwhile comes again when new orders have been accepted.
 *
 * @param prepare what is done before the shop starts on the restored database
 */
const restore = (
  name: string,
  injected: string,
  prepare: (stage: Stage, events: readonly GetMessage[]) => Promise<void>,
): Scenario => ({
  name,
  injected,
  needs: ['database', 'broker'],
  shopGoes: true,
  settleSeconds,
  async inject(stage) {
    const url = stage.bench.urls.DATABASE_URL
    const gate = await gather(stage)
    Object.assign(stage.load, { phase: 'killed', rests: true })
    await stage.bench.shops[0].kill()
    gate.lose()
    await copyDatabase(url, 'postgres', 'backup')
    const newestKept = await newestOrder(url)
    const events = await forgottenEvents(stage)
    const newestForgotten = await newestOrder(url)
    await copyDatabase(url, 'backup', 'postgres')
    await prepare(stage, events)
    await stage.bench.shops[0].start()
    Object.assign(stage.load, { phase: 'healthy', rests: false })
    await eventually(async () => (await newestOrder(url)) > newestForgotten, 60_000)
    const late = events.filter((event) => orderOf(event) > newestKept)
    await deliverAsStrangers(stage, late)
  },
  verify: discardDeadLetters,
})

/** One way and the other: nobody is connected to either. */
async function copyDatabase(url: string, from: string, to: string): Promise<void> {
  const { href } = Object.assign(new URL(url), { pathname: '/template1' })
  await runSql(href, `drop database if exists ${to} with (force)`)
  await runSql(href, `create database ${to} template ${from}`)
}

async function newestOrder(url: string): Promise<number> {
  const sql = 'select coalesce(max(id), 0)::float8 as id from orders.orders'
  const [newest] = await runSql<{ id: number }>(url, sql)
  return newest?.id ?? 0
}

const orderOf = ({ content }: GetMessage): number => JSON.parse(content.toString()).orderId

/** What another shop tells of while it settles everything and takes orders that the backup doesn't know. */
function forgottenEvents({ bench, productIds }: Stage): Promise<GetMessage[]> {
  const { RABBITMQ_URL, DATABASE_URL } = bench.urls
  const [, shop] = bench.shops
  return withChannel(RABBITMQ_URL, async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true })
    for (const event of Object.keys(queueOf)) await channel.bindQueue(queue, 'shop.events', event)
    await shop.start()
    for (let sent = 0; sent < forgottenOrders; sent += 1) {
      const body = { productId: productIds[1 + (sent % 3)], quantity: 4 }
      const { status } = await send('POST', `${shop.url}/orders`, { body })
      if (status !== 202) throw new Error(`an order that shall be forgotten was answered with ${status}`)
    }
    const left = await untilSettled(DATABASE_URL, 60_000)
    if (left > 0) throw new Error(`${left} orders were not settled before the restore`)
    await shop.kill()
    const events: GetMessage[] = []
    for (;;) {
      const event = await channel.get(queue, { noAck: true })
      if (!event) return events
      events.push(event)
    }
  })
}

const deliver = (stage: Stage, events: readonly GetMessage[]) =>
  withChannel(stage.bench.urls.RABBITMQ_URL, async (channel) => {
    for (const { fields, properties, content } of events)
      channel.sendToQueue(queueOf[fields.routingKey] as string, content, properties)
    await channel.waitForConfirms()
  })

/** Every one of them has to end among the dead letters. */
async function deliverAsStrangers(stage: Stage, events: readonly GetMessage[]): Promise<void> {
  const count = () =>
    countReady(
      stage.bench.urls.RABBITMQ_URL,
      queues.map((queue) => `${queue}.dead`),
    )
  if (events.length < 2 * forgottenOrders) throw new Error(`only ${events.length} events came late`)
  const before = await count()
  await deliver(stage, events)
  await eventually(async () => (await count()) >= before + events.length, 60_000)
}

export const restores: Scenario[] = [
  restore(
    'restored',
    'PostgreSQL restored from a backup by the runbook, old messages kept',
    async (stage, events) => {
      await deliver(stage, events)
      const { code, output } = await runScript(stage.bench, 'after-restore')
      if (code !== 0) throw new Error(`after-restore: exit code ${code}: ${output}`)
    },
  ),
  restore(
    'restored-carelessly',
    'PostgreSQL restored without the runbook, ids given out again',
    async () => {},
  ),
]
