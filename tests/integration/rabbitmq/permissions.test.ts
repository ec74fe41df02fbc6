import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openChannel } from '@stockroom/messaging/broker-connection'
import { brokerAnswers } from '@stockroom/messaging/broker-health'
import { unconsumedQueues } from '@stockroom/messaging/consumer-health'
import { publish } from '@stockroom/messaging/publisher'
import { inspectQueues } from '@stockroom/messaging/queue-inspection'
import { declareTopology } from '@stockroom/messaging/topology'
import { shutDown } from '@stockroom/runtime/shutdown'
import type { Channel } from 'amqplib'
import { BrokerClient } from '../../support/broker-client.ts'
import { brokerUsers, type Permissions } from '../../support/broker-user.ts'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices({ rabbitmq: true, database: 'empty' })
const document = readFileSync('docs/operations.md', 'utf8')
const oncall = new BrokerClient()
const listener = new BrokerClient()
const createUser = brokerUsers(own)

beforeAll(async () => {
  process.env.RABBITMQ_URL = await createUser(permissionsOf('shop'))
  await declareTopology(await openChannel())
  await oncall.connect(await createUser(permissionsOf('oncall')))
  await listener.connect(await createUser(permissionsOf('listener')))
})

afterAll(() => Promise.all([shutDown(), oncall.close(), listener.close()]))

/** The regular expressions that docs/operations.md gives to one of its users, from the command that sets them. */
function documented(command: string, user: string): string[] {
  const line = new RegExp(`^rabbitmqctl ${command} -p shop ${user}( .*)$`, 'm').exec(document)?.[1] ?? ''
  return [...line.matchAll(/'([^']+)'/g)].map((match) => match[1] as string)
}

function permissionsOf(user: string): Permissions {
  const [configure = '', write = '', read = ''] = documented('set_permissions', user)
  const [writeTopic, readTopic] = documented('set_topic_permissions', user)
  return {
    configure,
    write,
    read,
    ...(writeTopic &&
      readTopic && { topic: { exchange: 'shop.events', write: writeTopic, read: readTopic } }),
  }
}

/** Publishes and waits until the broker has taken it or has closed the channel. */
const publishing = (exchange: string, routingKey: string) => async (channel: Channel) => {
  channel.publish(exchange, routingKey, Buffer.from('{}'))
  await channel.checkExchange('amq.topic')
}

const message = { content: Buffer.from('{}'), options: { messageId: 'm1', mandatory: true } }
type Attempt = [title: string, (channel: Channel) => Promise<unknown>]
const forbiddenToBoth: Attempt[] = [
  ['forges no event', publishing('shop.events', 'order.created')],
  ['puts nothing into a queue of the shop', publishing('', 'stock-reduction')],
  ['takes no message from the consumers', (channel) => channel.get('stock-reduction')],
]
const refused = expect.stringMatching(/ACCESS_REFUSED/)

describe('the user of the shop, with the permissions of docs/operations.md', () => {
  it('may do all that the shop does', async () => {
    const confirmed = await publish([
      { ...message, exchange: 'shop.events', routingKey: 'order.created' },
      { ...message, exchange: 'shop.dead-letters', routingKey: 'stock-reduction.dead' },
      { ...message, exchange: '', routingKey: 'stock-reduction' },
    ])
    const channel = await openChannel()
    await channel.consume('stock-reduction', () => {})

    expect(confirmed).toEqual([true, true, true])
    expect(await brokerAnswers()).toBe(true)
    expect(await unconsumedQueues(60_000)).toEqual(['order-settlement', 'stock-return'])
    expect((await inspectQueues()).deadLetters.map(({ queue }) => queue)).toContain('stock-reduction')
    await channel.close()
  })
})

describe('the user of people on call', () => {
  it('sees how much waits, and takes dead letters away', async () => {
    await publish([{ ...message, exchange: 'shop.dead-letters', routingKey: 'order-settlement.dead' }])

    await oncall.channel.checkQueue('stock-reduction')
    await oncall.channel.checkQueue('order-settlement')
    const letter = await oncall.next('order-settlement.dead')

    expect(letter).toBeTruthy()
  })

  it.each<Attempt>([
    ...forbiddenToBoth,
    ['deletes no queue', (channel) => channel.deleteQueue('stock-reduction.dead')],
  ])('%s', async (_, work) => {
    expect(await oncall.refusalOf(work)).toEqual(refused)
  })
})

describe('the user of another system', () => {
  it('hears the public facts in a queue of its own', async () => {
    const { channel } = listener

    await channel.assertQueue('listener.orders')
    await channel.bindQueue('listener.orders', 'shop.events', 'order.confirmed')
    await channel.consume('listener.orders', () => {})

    expect((await channel.checkQueue('listener.orders')).consumerCount).toBe(1)
  })

  it.each<Attempt>([
    ...forbiddenToBoth,
    ['declares no queue of the shop', (channel) => channel.assertQueue('order-settlement.mine')],
    ['binds no queue of the shop', (channel) => channel.bindQueue('stock-reduction', 'shop.events', '#')],
    [
      'hears nothing that is not public',
      async (channel) => {
        await channel.assertQueue('listener.all')
        await channel.bindQueue('listener.all', 'shop.events', 'order.created')
      },
    ],
  ])('%s', async (_, work) => {
    expect(await listener.refusalOf(work)).toEqual(refused)
  })
})
