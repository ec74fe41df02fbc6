import { setTimeout as pause } from 'node:timers/promises'
import type { ConsumeMessage } from 'amqplib'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { runScript } from '../checks/audit.ts'
import { untilSettled } from '../checks/shop-books.ts'
import { send } from '../load/client.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { countDeadLetters, listen, queueOf, withChannel } from '../services/broker-client.ts'
import { discardDeadLetters } from './messages.ts'
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
  prepare: (stage: Stage, events: readonly ConsumeMessage[]) => Promise<void>,
): Scenario => ({
  name,
  injected,
  needs: ['database', 'broker'],
  shopGoes: true,
  settleSeconds,
  async inject(stage) {
    const url = stage.urls.DATABASE_URL
    const newestOrder = () => stage.numberOf('select max(id) as number from orders.orders')
    await gather(stage)
    stage.load.rests = true
    let events: readonly ConsumeMessage[] = []
    let newest = { kept: 0, forgotten: 0 }
    await stage.killShop(async () => {
      await copyDatabase(url, 'postgres', 'backup')
      const kept = await newestOrder()
      events = await forgottenEvents(stage)
      newest = { kept, forgotten: await newestOrder() }
      await copyDatabase(url, 'backup', 'postgres')
      await prepare(stage, events)
    })
    stage.load.rests = false
    await eventually(async () => (await newestOrder()) > newest.forgotten, 60_000)
    await deliverAsStrangers(
      stage,
      events.filter((event) => orderOf(event) > newest.kept),
    )
  },
  verify: discardDeadLetters,
})

/** One way and the other: nobody is connected to either. */
async function copyDatabase(url: string, from: string, to: string): Promise<void> {
  const { href } = Object.assign(new URL(url), { pathname: '/template1' })
  await runSql(href, `drop database if exists ${to} with (force)`)
  await runSql(href, `create database ${to} template ${from}`)
}

const orderOf = ({ content }: ConsumeMessage): number => JSON.parse(content.toString()).orderId

/** What another shop tells of while it settles everything and takes orders that the backup doesn't know. */
async function forgottenEvents({ bench, urls, productIds }: Stage): Promise<ConsumeMessage[]> {
  const [, shop] = bench.shops
  const events: ConsumeMessage[] = []
  const end = await listen(urls.RABBITMQ_URL, (event) => {
    if (event.fields.routingKey in queueOf) events.push(event)
  })
  await shop.start()
  for (let sent = 0; sent < forgottenOrders; sent += 1) {
    const body = { productId: productIds[1 + (sent % 3)], quantity: 4 }
    const { status } = await send('POST', `${shop.url}/orders`, { body })
    if (status !== 202) throw new Error(`an order that shall be forgotten was answered with ${status}`)
  }
  const left = await untilSettled(urls.DATABASE_URL, 60_000)
  if (left > 0) throw new Error(`${left} orders were not settled before the restore`)
  await shop.kill()
  await pause(500) // for what is still on its way to us
  await end()
  return events
}

const deliver = ({ urls }: Stage, events: readonly ConsumeMessage[]) =>
  withChannel(urls.RABBITMQ_URL, async (channel) => {
    for (const { fields, properties, content } of events)
      channel.sendToQueue(queueOf[fields.routingKey] as string, content, properties)
    await channel.waitForConfirms()
  })

/** Every one of them has to end among the dead letters. */
async function deliverAsStrangers(stage: Stage, events: readonly ConsumeMessage[]): Promise<void> {
  const count = () => countDeadLetters(stage.urls.RABBITMQ_URL)
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
