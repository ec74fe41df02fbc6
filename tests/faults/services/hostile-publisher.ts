import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { deadly, deepest, hostileMessage } from '../../support/amqp/hostile-messages.ts'
import { RawPublisher } from '../../support/amqp/raw-publisher.ts'
import { table, type WireProperties } from '../../support/amqp/wire.ts'

/** Puts `perQueue` messages that can never be handled into each queue, as raw frames, and resolves when all are there. */
export async function publishHostile(
  url: string,
  queues: readonly string[],
  perQueue: number,
): Promise<void> {
  const publisher = await RawPublisher.connect(url)
  for (const [index, properties] of hostileProperties(perQueue).entries()) {
    for (const routingKey of queues)
      publisher.publish({ routingKey, properties, content: Buffer.from('hostile') })
    if (index % 20 === 19) await pause(100)
  }
  await publisher.confirmed()
  publisher.close()
}

/** The values that were seen to break a reader, and random ones of a fixed seed. */
function hostileProperties(count: number): WireProperties[] {
  const names = ['schema-version', 'traceparent', 'x-delivery-count']
  const known = [
    ...deepest.map((value) => ({ headers: table(['traceparent', value]) })),
    ...deadly.flatMap((value) => names.map((name) => ({ headers: table([name, value]) }))),
  ]
  const random = fc.sample(hostileMessage, { seed: 1, numRuns: count - known.length })
  return [...known, ...random.map(({ properties }) => properties)]
}
