import { deadLetterQueue, queues as topology } from '@stockroom/messaging/topology'
import amqp, { type Channel, type ConfirmChannel, type ConsumeMessage } from 'amqplib'

/** Which queue each event goes to. */
export const queueOf: Record<string, string> = Object.fromEntries(
  Object.entries(topology).flatMap(([queue, events]) => events.map(({ name }) => [name, queue])),
)
export const queues = Object.keys(topology)

/** Does some work on a channel of its own, straight at the broker, and closes it again. */
export async function withChannel<Result>(
  url: string,
  work: (channel: ConfirmChannel) => Promise<Result>,
): Promise<Result> {
  const connection = await amqp.connect(url)
  connection.on('error', () => {})
  try {
    return await work(await connection.createConfirmChannel())
  } finally {
    await connection.close().catch(() => {})
  }
}

/** How many dead letters there are. */
export function countDeadLetters(url: string): Promise<number> {
  return withChannel(url, async (channel) => {
    let count = 0
    for (const queue of queues) count += (await channel.checkQueue(deadLetterQueue(queue))).messageCount
    return count
  })
}

/** Hears every event that arrives at the exchange from now on, until the function is called that it resolves to. */
export async function listen(
  url: string,
  hear: (message: ConsumeMessage, channel: Channel) => void,
): Promise<() => Promise<void>> {
  const connection = await amqp.connect(url)
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, 'shop.events', '#')
  await channel.consume(queue, (message) => message && hear(message, channel), { noAck: true })
  return () => connection.close()
}
