import amqp, { type ConfirmChannel } from 'amqplib'

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

/** How many messages are ready in some queues together. */
export function countReady(url: string, queues: readonly string[]): Promise<number> {
  return withChannel(url, async (channel) => {
    let count = 0
    for (const queue of queues) count += (await channel.checkQueue(queue)).messageCount
    return count
  })
}
