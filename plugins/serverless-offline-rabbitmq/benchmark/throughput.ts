import type { ConfirmChannel } from 'amqplib'
import { cpuPercentSince, withQueues } from './poller-bench.ts'

type Load = { url: string; count: number; batchSize: number }

// What an event of a shop looks like.
const BODY = Buffer.from(
  JSON.stringify({
    orderId: 123_456,
    productId: 42,
    quantity: 3,
    totalPrice: 59.97,
    timestamp: '2026-01-01T00:00:00.000Z',
  }),
)
const PROPERTIES = {
  persistent: true,
  messageId: '7b0d5a0e-53c1-4a7c-9d5e-0a6f3f3a9f11',
  correlationId: '0a6f3f3a-53c1-4a7c-9d5e-7b0d5a0e9f11',
  type: 'order.created',
  appId: 'shop',
  contentType: 'application/json',
  timestamp: 1_767_225_600,
  headers: { 'schema-version': 1, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
}
const UNCONFIRMED = 5000

/** Fills a queue, then measures from the first batch to the last how fast it is emptied. */
export function measureThroughput({ url, count, batchSize }: Load) {
  return withQueues(url, 1, async ({ queues, channel, emulator }) => {
    await fill(channel, queues[0] as string, count)
    const drained = Promise.withResolvers<void>()
    let begun: { at: number; cpu: NodeJS.CpuUsage } | undefined
    let messages = 0
    let batches = 0
    const poller = emulator(batchSize, ({ rmqMessagesByQueue }) => {
      begun ??= { at: performance.now(), cpu: process.cpuUsage() }
      batches += 1
      for (const its of Object.values(rmqMessagesByQueue)) messages += its.length
      if (messages >= count) drained.resolve()
    })
    await poller.start()
    await drained.promise
    if (!begun) throw new Error('no batch came')
    const perSecond = (1000 * messages) / (performance.now() - begun.at)
    const cpuPercent = cpuPercentSince(begun)
    await poller.stop()
    return { messages, batches, perSecond, cpuPercent }
  })
}

async function fill(channel: ConfirmChannel, queue: string, count: number): Promise<void> {
  for (let sent = 1; sent <= count; sent++) {
    channel.sendToQueue(queue, BODY, PROPERTIES)
    if (sent % UNCONFIRMED === 0) await channel.waitForConfirms()
  }
  await channel.waitForConfirms()
}
