import type { EventEmitter } from 'node:events'
import { connect } from '@onify/fake-amqplib'
import { type BrokerClient, useBrokerClient } from '@stockroom/messaging/broker-connection'
import type { RecoveringChannelModel } from 'amqplib'

/** The URL that stands for the broker in this process. */
export const embeddedBrokerUrl = 'amqp://in-process'

/**
 * A broker within this process, behind amqplib's own interface. It lives as long as the process, and it has no
 * delivery limits and no dead-lettering of its own; the shop's promises don't rest on those.
 */
export const embeddedBrokerClient = { connect }

/** Puts the broker in process in the place of RabbitMQ, for every function in this process. */
export function embedBroker(): void {
  useBrokerClient({ connect: connectOnce })
}

/** The layer waits for the event that a recovering connection emits; this one is there at once and for good. */
const connectOnce: BrokerClient['connect'] = async (url) => {
  const model = (await connect(url)) as unknown as RecoveringChannelModel & EventEmitter
  setImmediate(() => model.emit('connect', model))
  return model
}
