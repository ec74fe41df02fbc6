import type { EventEmitter } from 'node:events'
import { connect } from '@onify/fake-amqplib'
import { type BrokerClient, useBrokerClient } from '@stockroom/messaging/broker-connection'
import { eventExchange } from '@stockroom/messaging/topology'
import type { Channel, ConsumeMessage, RecoveringChannelModel } from 'amqplib'

/** The URL that stands for the broker in this process. */
export const embeddedBrokerUrl = 'amqp://in-process'

/**
 * A broker within this process, behind amqplib's own interface. It lives as long as the process, and it has no
 * delivery limits and no dead-lettering of its own; the shop's promises don't rest on those. Where it answers other than
 * RabbitMQ in what the shop does rest on, the differences are made good here.
 */
export const embeddedBrokerClient: BrokerClient = {
  async connect(url) {
    const model = (await connect(url)) as unknown as RecoveringChannelModel & EventEmitter
    const createChannel = model.createChannel.bind(model)
    model.createChannel = async () => acknowledgingOneByOne(await createChannel())
    return model
  },
}

/** Puts the broker in process in the place of RabbitMQ, for every function in this process. */
export async function embedBroker(): Promise<void> {
  await hearEverything(embeddedBrokerUrl)
  useBrokerClient({
    async connect(url, options) {
      const model = await embeddedBrokerClient.connect(url, options)
      // What a recovering connection tells when it is there.
      setImmediate(() => (model as EventEmitter).emit('connect', model))
      return model
    },
  })
}

/** RabbitMQ confirms an event that no queue wants; this broker breaks the channel. So a queue wants every event. */
export async function hearEverything(url: string): Promise<void> {
  const model = await embeddedBrokerClient.connect(url, {})
  const channel = await model.createChannel()
  await channel.assertExchange(eventExchange, 'topic', { durable: true })
  await channel.assertQueue('unheard', { durable: true })
  await channel.bindQueue('unheard', eventExchange, '#')
  await channel.consume('unheard', () => {}, { noAck: true })
}

/** This broker loses its way when it acknowledges all messages up to one that isn't the latest. */
function acknowledgingOneByOne(channel: Channel): Channel {
  const unsettled = new Map<number, ConsumeMessage>()
  const consume = channel.consume.bind(channel)
  const ack = channel.ack.bind(channel)
  const reject = channel.reject.bind(channel)

  channel.consume = (queue, receive, options) =>
    consume(
      queue,
      (message) => {
        if (message && !options?.noAck) unsettled.set(message.fields.deliveryTag, message)
        receive(message)
      },
      options,
    )
  channel.ack = (last, allUpTo = false) => {
    const { deliveryTag } = last.fields
    const settled = allUpTo
      ? [...unsettled.values()].filter(({ fields }) => fields.deliveryTag <= deliveryTag)
      : [last]
    for (const message of settled) {
      unsettled.delete(message.fields.deliveryTag)
      ack(message)
    }
  }
  channel.reject = (message, requeue) => {
    unsettled.delete(message.fields.deliveryTag)
    reject(message, requeue)
  }
  return channel
}
