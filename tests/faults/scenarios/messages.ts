import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { deadLetterQueue, queues as topology } from '@stockroom/messaging/topology'
import amqp from 'amqplib'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import { runScript } from '../checks/audit.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { countReady, withChannel } from '../services/broker-client.ts'
import { publishHostile } from '../services/hostile-publisher.ts'

/** Which queue each event goes to. */
export const queueOf: Record<string, string> = Object.fromEntries(
  Object.entries(topology).flatMap(([queue, events]) => events.map(({ name }) => [name, queue])),
)
export const queues = Object.keys(topology)
const deadQueues = queues.map(deadLetterQueue)

/** Listens to the exchange and puts two copies of every event into its queue; resolves to what ends it. */
async function tap(url: string): Promise<{ copies(): number; end(): Promise<void> }> {
  const connection = await amqp.connect(url)
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const event of Object.keys(queueOf)) await channel.bindQueue(queue, 'shop.events', event)
  let copies = 0
  await channel.consume(
    queue,
    (message) => {
      if (!message) return
      for (let copy = 0; copy < 2; copy += 1) {
        copies += 1
        channel.sendToQueue(queueOf[message.fields.routingKey] as string, message.content, {
          ...message.properties,
          persistent: true,
        })
      }
    },
    { noAck: true },
  )
  return { copies: () => copies, end: () => connection.close() }
}

const deliveredTwice: Scenario = {
  name: 'delivered-twice-more',
  injected: 'every message delivered twice more',
  needs: ['broker'],
  quick: true,
  perSecond: 60,
  async inject(stage) {
    const { copies, end } = await tap(stage.bench.urls.RABBITMQ_URL)
    await pause(6000)
    await end()
    if (copies() === 0) throw new Error('nothing was delivered twice')
  },
}

const poisonPerQueue = 1000
const slowestSettlementSeconds = 5

/** Five kinds of messages that can never be handled. */
const poisons: { content: string; options: amqp.Options.Publish }[] = [
  { content: 'not JSON at all', options: {} },
  { content: '', options: {} },
  { content: JSON.stringify({ orderId: 'seven', productId: null }), options: {} },
  {
    content: JSON.stringify({ orderId: 1, productId: 1, quantity: 1, totalPrice: 1, timestamp: 'now' }),
    options: { headers: { 'schema-version': 2 } },
  },
  { content: '{}', options: { type: 'order.imagined' } },
]

const poisonFlood: Scenario = {
  name: 'poison-flood',
  injected: `${poisonPerQueue} messages that can never be handled, into each queue`,
  needs: ['broker'],
  quick: true,
  async inject({ bench }) {
    const url = bench.urls.RABBITMQ_URL
    const before = await countReady(url, deadQueues)
    await withChannel(url, async (channel) => {
      for (let sent = 0; sent < poisonPerQueue; sent += 1) {
        const { content, options } = poisons[sent % poisons.length] as (typeof poisons)[number]
        for (const [queue, [event]] of Object.entries(topology)) {
          const properties = { type: event?.name, messageId: randomUUID(), persistent: true, ...options }
          channel.sendToQueue(queue, Buffer.from(content), properties)
        }
        if (sent % 50 === 49) await pause(100)
      }
      await channel.waitForConfirms()
    })
    const expected = before + queues.length * poisonPerQueue
    await eventually(async () => (await countReady(url, deadQueues)) === expected, 20_000)
  },
  async verify(stage) {
    await requirePromptSettlement(stage)
    await discardDeadLetters(stage)
  },
}

const hostilePerQueue = 500

const hostileFrames: Scenario = {
  name: 'hostile-frames',
  injected: `${hostilePerQueue} messages with headers and properties made to break their readers, into each queue`,
  needs: ['broker'],
  quick: true,
  async inject({ bench }) {
    const url = bench.urls.RABBITMQ_URL
    const before = await countReady(url, deadQueues)
    await publishHostile(url, queues, hostilePerQueue)
    const expected = before + queues.length * hostilePerQueue
    await eventually(async () => (await countReady(url, deadQueues)) === expected, 20_000)
  },
  async verify(stage) {
    await requirePromptSettlement(stage)
    await discardDeadLetters(stage)
  },
}

/** The poison delays nobody. */
async function requirePromptSettlement({ bench, productIds }: Stage): Promise<void> {
  const [row] = await runSql<{ seconds: number }>(
    bench.urls.DATABASE_URL,
    `select extract(epoch from max(settled_at - created_at))::float as seconds
       from orders.orders where product_id = any($1)`,
    [productIds],
  )
  if (!row || row.seconds > slowestSettlementSeconds)
    throw new Error(`an order among the poison took ${row?.seconds} s to settle`)
}

/** Throws all dead letters away, as a person would; every one has to say why it is there. */
export async function discardDeadLetters({ bench }: Stage): Promise<void> {
  const count = () => countReady(bench.urls.RABBITMQ_URL, deadQueues)
  const before = await count()
  const list = await runScript(bench, 'dead-letters', ['list'])
  const unexplained = list.output.split('\n').filter((line) => /no reason given/.test(line))
  if (list.code !== 0 || unexplained.length > 0)
    throw new Error(`dead-letters list: ${unexplained[0] ?? list.output}`)
  // Listed letters return to their queues a moment after the connection is closed.
  await eventually(async () => (await count()) === before)
  const { code, output } = await runScript(bench, 'dead-letters', ['discard', '--all'])
  if (code !== 0) throw new Error(`dead-letters discard: exit code ${code}: ${output}`)
  const left = await count()
  if (left > 0) throw new Error(`${left} dead letters are left after discarding all ${before} (${output})`)
}

export const messages: Scenario[] = [deliveredTwice, poisonFlood, hostileFrames]
