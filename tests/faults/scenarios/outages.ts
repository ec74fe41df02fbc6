import { setTimeout as pause } from 'node:timers/promises'
import type { ConsumeMessage } from 'amqplib'
import { eventually } from '../../../bench/processes/eventually.ts'
import { auditOf } from '../checks/audit.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { countDeadLetters, listen } from '../services/broker-client.ts'
import { discardDeadLetters } from './messages.ts'

const alarmSeconds = 20
/** Of one event: what was sent when the alarm began waits unread, and nothing is sent a second time meanwhile. */
const mostCopies = 3
/** Of all events: on a slow machine some orders wait for 5 s, and are announced again. */
const mostSpareCopies = 1 / 10

/**
 * RabbitMQ takes nothing from those who publish, as long as an alarm lasts; what it has, it goes on delivering:
 * https://www.rabbitmq.com/docs/alarms. `raise` and `calm` are what rabbitmqctl is told.
 */
const alarm = (what: 'memory' | 'disk', raise: readonly string[], calm: readonly string[]): Scenario => ({
  name: `broker-${what}-alarm`,
  injected: `RabbitMQ short of ${what} for ${alarmSeconds} s: publishers are blocked`,
  needs: ['broker'],
  async inject(stage) {
    const events: string[] = []
    const end = await listen(stage.urls.RABBITMQ_URL, (message) => events.push(nameOf(message)))
    const { broker } = stage.bench
    await stage.takeDown('broker', () => broker?.server.control(raise))
    await pause(alarmSeconds * 1000)
    await stage.bringUp('broker', () => broker?.server.control(calm))
    stage.checks.push(() => end().then(() => requireFewCopies(events)))
  },
})

function requireFewCopies(events: readonly string[]): void {
  const copies = Map.groupBy(events, (event) => event)
  for (const [event, { length }] of copies)
    if (length > mostCopies) throw new Error(`${event} was published ${length} times`)
  if (events.length > copies.size * (1 + mostSpareCopies))
    throw new Error(`${copies.size} events were published ${events.length} times`)
}

const nameOf = ({ fields, content }: ConsumeMessage) =>
  `${fields.routingKey} of order ${JSON.parse(content.toString()).orderId}`

/** Lets messages gather in the queues for a moment, so that there is something to lose; they wait for `release`. */
export async function gather(stage: Stage): Promise<void> {
  stage.gate.holdDeliveries()
  await pause(2000)
  if ((await stage.countOf(`orders.orders where status = 'pending'`)) === 0)
    throw new Error('no order was pending when the fault began')
}

const reannouncedWithinSeconds = 90

/** Everything in the broker is gone, queues and exchanges too. What was in them is announced again after 5 s. */
const brokerWiped: Scenario = {
  name: 'broker-data-deleted',
  injected: 'RabbitMQ killed, its data deleted, started empty',
  needs: ['broker'],
  settleSeconds: reannouncedWithinSeconds,
  async inject(stage) {
    await gather(stage)
    await stage.takeDown('broker', () => stage.service('broker').kill())
    stage.gate.lose()
    await stage.bringUp('broker', () => stage.service('broker').restart({ withoutData: true }))
  },
}

/** With pauses of a millisecond at first, the limit of 100 deliveries is reached within seconds. */
const deliveryLimitReached: Scenario = {
  name: 'delivery-limit-reached',
  injected: 'PostgreSQL away for more failed attempts than the delivery limit',
  needs: ['database', 'broker'],
  settings: { RABBITMQ_RETRY_PAUSE_MS: '1' },
  settleSeconds: reannouncedWithinSeconds,
  async inject(stage) {
    const { network } = stage.service('database')
    await gather(stage)
    // Not judged by the limit for refusals: the shop is busy failing batches without a pause.
    stage.load.phase = 'storm'
    await stage.takeDown('database', () => network.refuse())
    stage.gate.release()
    await eventually(async () => (await countDeadLetters(stage.urls.RABBITMQ_URL)) > 0, 60_000)
    await stage.bringUp('database', () => network.accept())
    stage.load.phase = 'healthy'
  },
  async verify(stage) {
    const { deadLetters } = await auditOf(stage.bench)
    if (!deadLetters?.harmless || deadLetters.pending > 0 || deadLetters.forAPerson.length > 0)
      throw new Error(
        `the audit sorts the dead letters otherwise than as harmless: ${JSON.stringify(deadLetters)}`,
      )
    await discardDeadLetters(stage)
  },
}

export const outages: Scenario[] = [
  alarm('memory', ['set_vm_memory_high_watermark', '0.00001'], ['set_vm_memory_high_watermark', '0.4']),
  alarm('disk', ['set_disk_free_limit', '1000000GB'], ['set_disk_free_limit', '50MB']),
  brokerWiped,
  deliveryLimitReached,
]
