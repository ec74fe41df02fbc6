import { setTimeout as pause } from 'node:timers/promises'
import { deadLetterQueue, queues } from '@stockroom/messaging/topology'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import { runScript } from '../checks/audit.ts'
import type { Scenario, Stage } from '../scenario.ts'
import type { AmqpGate } from '../services/amqp-gate.ts'
import { countReady } from '../services/broker-client.ts'
import { discardDeadLetters } from './messages.ts'

const deadQueues = Object.keys(queues).map(deadLetterQueue)
const reannouncedWithinSeconds = 90

/** Lets messages gather in the queues for a moment, so that there is something to lose; they wait for `release`. */
export async function gather(stage: Stage): Promise<AmqpGate> {
  const gate = stage.bench.gate as AmqpGate
  gate.holdDeliveries()
  await pause(2000)
  const sql = `select count(*)::int as count from orders.orders where status = 'pending'`
  const [row] = await runSql<{ count: number }>(stage.bench.urls.DATABASE_URL, sql)
  if (!row?.count) throw new Error('no order was pending when the fault began')
  return gate
}

/** Everything in the broker is gone, queues and exchanges too. What was in them is announced again after 5 s. */
const brokerWiped: Scenario = {
  name: 'broker-data-deleted',
  injected: 'RabbitMQ killed, its data deleted, started empty',
  needs: ['broker'],
  settleSeconds: reannouncedWithinSeconds,
  async inject(stage) {
    const gate = await gather(stage)
    await stage.takeDown('broker', () => stage.service('broker').kill())
    gate.lose()
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
    const gate = await gather(stage)
    // Not judged by the limit for refusals: the shop is busy failing batches without a pause.
    stage.load.phase = 'storm'
    await stage.takeDown('database', () => network.refuse())
    gate.release()
    await eventually(async () => (await countReady(stage.bench.urls.RABBITMQ_URL, deadQueues)) > 0, 60_000)
    await stage.bringUp('database', () => network.accept())
    stage.load.phase = 'healthy'
  },
  async verify(stage) {
    const { output } = await runScript(stage.bench, 'audit')
    const [, harmless, pending, forAPerson] =
      /(\d+) harmless.* (\d+) pending.* (\d+) for a person/.exec(output) ?? []
    if (Number(harmless) === 0 || pending !== '0' || forAPerson !== '0')
      throw new Error(`the audit sorts the dead letters otherwise than as harmless:\n${output}`)
    await discardDeadLetters(stage)
  },
}

export const outages: Scenario[] = [brokerWiped, deliveryLimitReached]
