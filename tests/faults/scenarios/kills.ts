import { setTimeout as pause } from 'node:timers/promises'
import type { Part } from '../load/health-watch.ts'
import type { Scenario } from '../scenario.ts'

/** A server dies without a word, stays away for a while and comes back with the data that it had. */
function killed(part: Part, injected: string): Scenario {
  return {
    name: `${part}-killed`,
    injected,
    needs: [part],
    quick: true,
    async inject(stage) {
      const service = stage.service(part)
      stage.load.phase = 'away'
      await stage.takeDown(part, () => service.kill())
      await pause(4000)
      stage.load.phase = 'returning'
      await stage.bringUp(part, () => service.restart())
      stage.load.phase = 'healthy'
    },
  }
}

export const kills: Scenario[] = [
  killed('database', 'PostgreSQL killed (SIGKILL) and restarted'),
  killed('cache', 'Redis killed (SIGKILL) and restarted, empty'),
  killed('broker', 'RabbitMQ killed (SIGKILL) and restarted, data kept'),
]
