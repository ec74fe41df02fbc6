import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { eventExchange } from '@stockroom/messaging/topology'
import type { Channel, ConfirmChannel, ConsumeMessage } from 'amqplib'
import { embeddedBrokerClient, hearEverything } from './embedded-broker.ts'

async function brokerWithQueue(): Promise<{ channel: Channel; publisher: ConfirmChannel }> {
  const url = `amqp://${randomUUID()}`
  await hearEverything(url)
  const connection = await embeddedBrokerClient.connect(url, {})
  const channel = await connection.createChannel()
  await channel.assertQueue('orders')
  await channel.bindQueue('orders', eventExchange, 'order.created')
  return { channel, publisher: await connection.createConfirmChannel() }
}

const publish = (publisher: ConfirmChannel, routingKey: string): Promise<unknown> =>
  new Promise((resolve) => publisher.publish(eventExchange, routingKey, Buffer.from('{}'), {}, resolve))

it('confirms an event that no queue of the shop wants, and keeps nothing of it', async () => {
  const { channel, publisher } = await brokerWithQueue()

  const error = await publish(publisher, 'product.created')

  expect(error).toBeNull()
  expect((await channel.checkQueue('unheard')).messageCount).toBe(0)
})

it('acknowledges a batch while later messages wait, and delivers on', async () => {
  const { channel, publisher } = await brokerWithQueue()
  const received: ConsumeMessage[] = []
  await channel.prefetch(4)
  await channel.consume('orders', (message) => message && received.push(message))
  for (let count = 0; count < 10; count += 1) await publish(publisher, 'order.created')

  for (let batch = received.splice(0, 2); batch.length > 0; batch = received.splice(0, 2)) {
    channel.ack(batch.at(-1) as ConsumeMessage, true)
    await nextTurn()
  }

  expect((await channel.checkQueue('orders')).messageCount).toBe(0)
})

it('delivers a rejected message again', async () => {
  const { channel, publisher } = await brokerWithQueue()
  const received: ConsumeMessage[] = []
  await channel.consume('orders', (message) => message && received.push(message))
  await publish(publisher, 'order.created')

  channel.reject(received[0] as ConsumeMessage, true)
  await nextTurn()

  expect(received.map(({ fields }) => fields.redelivered ?? false)).toEqual([false, true])
})

it('holds no message that is delivered without an acknowledgement, so that it settles none of them', async () => {
  const { channel, publisher } = await brokerWithQueue()
  const orders: ConsumeMessage[] = []
  const errors: Error[] = []
  channel.on('error', (error) => errors.push(error))
  await channel.assertQueue('log')
  await channel.bindQueue('log', eventExchange, '#')
  await channel.consume('log', () => {}, { noAck: true })
  await channel.consume('orders', (message) => message && orders.push(message))
  for (let count = 0; count < 2; count += 1) await publish(publisher, 'order.created')

  channel.ack(orders[1] as ConsumeMessage, true)
  await nextTurn()

  expect(errors).toEqual([])
  expect((await channel.checkQueue('orders')).messageCount).toBe(0)
})
