import { handler as settleOrder } from '../../functions/orders/settle-order-on-stock-outcome.ts'
import { handler as reduceStock } from '../../functions/products/reduce-stock-on-order-created.ts'
import { handler as returnStock } from '../../functions/products/return-stock-on-order-cancelled.ts'
import type { RecordingBroker } from './recording-broker.ts'
import { deliver } from './stories.ts'

const consumers = {
  'order.created': { queue: 'stock-reduction', handler: reduceStock },
  'stock.reduced': { queue: 'order-settlement', handler: settleOrder },
  'stock.rejected': { queue: 'order-settlement', handler: settleOrder },
  'order.cancelled': { queue: 'stock-return', handler: returnStock },
  'stock.returned': { queue: 'order-settlement', handler: settleOrder },
}
type Bound = keyof typeof consumers

/**
 * Hands what a recording broker holds to the consumers, and what follows from that, until nothing is left. Every message
 * comes twice.
 */
export async function handOn(broker: RecordingBroker): Promise<void> {
  for (let batch = broker.published.splice(0); batch.length > 0; batch = broker.published.splice(0)) {
    for (const [name, { queue, handler }] of Object.entries(consumers)) {
      const messages = batch
        .filter(({ routingKey }) => routingKey === (name as Bound))
        .map(({ body, options }) => ({ type: name, body, correlationId: options.correlationId ?? null }))
      if (messages.length > 0) await deliver(handler, queue, [...messages, ...messages])
    }
  }
}
