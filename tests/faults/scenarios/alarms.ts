import { setTimeout as pause } from 'node:timers/promises'
import type { Scenario } from '../scenario.ts'
import { countEvents, type EventCount } from '../services/event-counter.ts'
import type { RabbitmqServer } from '../services/rabbitmq-server.ts'

const alarmMs = 20_000
/** Of one event: what was sent when the alarm began waits unread, and nothing is sent a second time meanwhile. */
const mostCopies = 3
/** Of all events: on a slow machine some orders wait for 5 s, and are announced again. */
const mostSpareCopies = 1 / 10

interface Alarm {
  name: string
  injected: string
  /** What rabbitmqctl is told to raise the alarm, and to end it. */
  raise: string[]
  end: string[]
}

/**
 * RabbitMQ takes nothing from those who publish, as long as an alarm lasts; what it has, it goes on delivering:
 * https://www.rabbitmq.com/docs/alarms
 */
function alarm({ name, injected, raise, end }: Alarm): Scenario {
  let count = async (): Promise<EventCount | undefined> => undefined
  return {
    name,
    injected,
    needs: ['broker'],
    async inject(stage) {
      count = await countEvents(stage.bench.urls.RABBITMQ_URL)
      const { server } = stage.service('broker')
      await stage.takeDown('broker', () => (server as RabbitmqServer).control(raise))
      await pause(alarmMs)
      await stage.bringUp('broker', () => (server as RabbitmqServer).control(end))
    },
    async verify() {
      const counted = await count()
      if (!counted) return
      const { events, published, most } = counted
      if (most.copies > mostCopies) throw new Error(`${most.event} was published ${most.copies} times`)
      if (published > events * (1 + mostSpareCopies))
        throw new Error(`${events} events were published ${published} times`)
    },
  }
}

export const alarms: Scenario[] = [
  alarm({
    name: 'broker-memory-alarm',
    injected: `RabbitMQ short of memory for ${alarmMs / 1000} s: publishers are blocked`,
    raise: ['set_vm_memory_high_watermark', '0.00001'],
    end: ['set_vm_memory_high_watermark', '0.4'],
  }),
  alarm({
    name: 'broker-disk-alarm',
    injected: `RabbitMQ short of disk for ${alarmMs / 1000} s: publishers are blocked`,
    raise: ['set_disk_free_limit', '1000000GB'],
    end: ['set_disk_free_limit', '50MB'],
  }),
]
