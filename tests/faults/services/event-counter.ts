import amqp from 'amqplib'

/** How often the events of orders were published. */
export interface EventCount {
  /** Different ones. */
  events: number
  /** With every copy. */
  published: number
  /** One of those that were published most often. */
  most: { event: string; copies: number }
}

/** Counts the events that arrive at the exchange of the broker at `url` from now on, until the count is asked for. */
export async function countEvents(url: string): Promise<() => Promise<EventCount>> {
  const connection = await amqp.connect(url)
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.bindQueue(queue, 'shop.events', '#')
  const counts = new Map<string, number>()
  await channel.consume(
    queue,
    (message) => {
      if (!message) return
      const { orderId } = JSON.parse(message.content.toString())
      const event = `${message.fields.routingKey} of order ${orderId}`
      counts.set(event, (counts.get(event) ?? 0) + 1)
    },
    { noAck: true },
  )
  return async () => {
    await connection.close()
    return summary(counts)
  }
}

function summary(counts: ReadonlyMap<string, number>): EventCount {
  const most = { event: 'no event', copies: 0 }
  let published = 0
  for (const [event, copies] of counts) {
    published += copies
    if (copies > most.copies) Object.assign(most, { event, copies })
  }
  return { events: counts.size, published, most }
}
