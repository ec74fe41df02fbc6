import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { queues as topology } from '@stockroom/messaging/topology'
import type { Options } from 'amqplib'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runScript } from '../checks/audit.ts'
import { requirePrompt } from '../checks/shop-books.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { countDeadLetters, listen, queueOf, queues, withChannel } from '../services/broker-client.ts'
import { publishHostile } from '../services/hostile-publisher.ts'

const deliveredTwice: Scenario = {
  name: 'delivered-twice-more',
  injected: 'every message delivered twice more',
  needs: ['broker'],
  quick: true,
  perSecond: 60,
  async inject({ urls }) {
    let copies = 0
    const end = await listen(urls.RABBITMQ_URL, ({ fields, content, properties }, channel) => {
      const queue = queueOf[fields.routingKey]
      for (let copy = 0; queue && copy < 2; copy += 1) {
        copies += 1
        channel.sendToQueue(queue, content, { ...properties, persistent: true })
      }
    })
    await pause(6000)
    await end()
    if (copies === 0) throw new Error('nothing was delivered twice')
  },
}

/** Messages that can never be handled end among the dead letters, and delay nobody. */
const poison = (
  name: string,
  what: string,
  perQueue: number,
  publish: (url: string) => Promise<void>,
): Scenario => ({
  name,
  injected: `${perQueue} messages ${what}, into each queue`,
  needs: ['broker'],
  quick: true,
  async inject({ urls: { RABBITMQ_URL } }) {
    const expected = (await countDeadLetters(RABBITMQ_URL)) + queues.length * perQueue
    await publish(RABBITMQ_URL)
    await eventually(async () => (await countDeadLetters(RABBITMQ_URL)) === expected, 20_000)
  },
  async verify(stage) {
    await requirePrompt(stage.urls.DATABASE_URL, stage.productIds)
    await discardDeadLetters(stage)
  },
})

const floodPerQueue = 1000
const hostilePerQueue = 500

/** Five kinds of messages that can never be handled. */
const poisons: { content: string; options: Options.Publish }[] = [
  { content: 'not JSON at all', options: {} },
  { content: '', options: {} },
  { content: JSON.stringify({ orderId: 'seven', productId: null }), options: {} },
  {
    content: JSON.stringify({ orderId: 1, productId: 1, quantity: 1, totalPrice: 1, timestamp: 'now' }),
    options: { headers: { 'schema-version': 2 } },
  },
  { content: '{}', options: { type: 'order.imagined' } },
]

const flood = (url: string): Promise<void> =>
  withChannel(url, async (channel) => {
    for (let sent = 0; sent < floodPerQueue; sent += 1) {
      const { content, options } = poisons[sent % poisons.length] as (typeof poisons)[number]
      for (const [queue, [event]] of Object.entries(topology)) {
        const properties = { type: event?.name, messageId: randomUUID(), persistent: true, ...options }
        channel.sendToQueue(queue, Buffer.from(content), properties)
      }
      if (sent % 50 === 49) await pause(100)
    }
    await channel.waitForConfirms()
  })

/** Throws all dead letters away, as a person would; every one has to say why it is there. */
export async function discardDeadLetters({ bench, urls }: Stage): Promise<void> {
  const count = () => countDeadLetters(urls.RABBITMQ_URL)
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

export const messages: Scenario[] = [
  deliveredTwice,
  poison('poison-flood', 'that can never be handled', floodPerQueue, flood),
  poison(
    'hostile-frames',
    'with headers and properties made to break their readers',
    hostilePerQueue,
    (url) => publishHostile(url, queues, hostilePerQueue),
  ),
]
