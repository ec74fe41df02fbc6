import { randomUUID } from 'node:crypto'
import amqp, { type ConfirmChannel } from 'amqplib'
import { virtualHostOf } from '../broker/broker-address.ts'
import type { RmqEvent } from '../event/rmq-event.ts'
import { Emulator } from '../polling/emulator.ts'

const silent = () => {}
const log = { error: console.error, warning: console.error, notice: silent, info: silent, debug: silent }

type Bench = {
  queues: string[]
  channel: ConfirmChannel
  /** Polls all queues with one handler. */
  emulator(batchSize: number, handler: (event: RmqEvent) => void): Emulator
}

/** Runs `work` with durable quorum queues of its own, and removes them. */
export async function withQueues<T>(
  url: string,
  count: number,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const connection = await amqp.connect(url)
  const channel = await connection.createConfirmChannel()
  const queues = Array.from({ length: count }, () => `emulator-benchmark-${randomUUID()}`)
  try {
    for (const queue of queues) await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'quorum' } })
    const emulator = (batchSize: number, handler: (event: RmqEvent) => void) =>
      new Emulator({
        mappings: queues.map((queue) => mapping(url, queue, batchSize)),
        invoke: async (_mapping, event) => handler(event),
        log,
      })
    return await work({ queues, channel, emulator })
  } finally {
    for (const queue of queues) await channel.deleteQueue(queue)
    await connection.close()
  }
}

/** Per cent of one core that this process has used since `begun`. */
export function cpuPercentSince(begun: { at: number; cpu: NodeJS.CpuUsage }): number {
  const { user, system } = process.cpuUsage(begun.cpu)
  return (user + system) / 10 / (performance.now() - begun.at)
}

function mapping(brokerUrl: string, queue: string, batchSize: number) {
  return {
    functionKey: 'empty',
    queue,
    virtualHost: virtualHostOf(brokerUrl),
    brokerUrl,
    batchSize,
    batchingWindowMs: 500,
    eventSourceArn:
      'arn:aws:mq:eu-west-1:000000000000:broker:benchmark:b-00000000-0000-0000-0000-000000000000',
    enabled: true,
    declared: {},
    timeoutSeconds: 6,
  }
}
