import { setTimeout as pause } from 'node:timers/promises'
import type { Part } from '../load/health-watch.ts'
import type { Scenario } from '../scenario.ts'

const parts: Record<Part, { name: string; comesBack: string }> = {
  database: { name: 'PostgreSQL', comesBack: 'restarted' },
  cache: { name: 'Redis', comesBack: 'restarted, empty' },
  broker: { name: 'RabbitMQ', comesBack: 'restarted, data kept' },
}
const each = (scenarioOf: (part: Part) => Scenario) => (Object.keys(parts) as Part[]).map(scenarioOf)

/** A server dies without a word, stays away for a while and comes back with the data that it had. */
const killed = (part: Part): Scenario => ({
  name: `${part}-killed`,
  injected: `${parts[part].name} killed (SIGKILL) and ${parts[part].comesBack}`,
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
})

/** Every connection breaks, several times in a row; new ones are accepted at once. */
const cut = (part: Part): Scenario => ({
  name: `${part}-cut`,
  injected: `connections to ${parts[part].name} cut 12 times in 5 s`,
  needs: [part],
  async inject(stage) {
    stage.load.phase = 'cut'
    for (let times = 0; times < 12; times += 1) {
      stage.service(part).network.cut()
      await pause(400)
    }
    stage.load.phase = 'healthy'
  },
})

/** The connections stand, but nothing passes for a while; then everything passes, but late. */
const silent = (part: Part): Scenario => ({
  name: `${part}-silent`,
  injected: `${parts[part].name} silent for 5 s, then 150 ms late each way for 4 s`,
  needs: [part],
  quick: part === 'database',
  async inject(stage) {
    const { network } = stage.service(part)
    stage.load.phase = 'silent'
    await stage.takeDown(part, () => network.fallSilent())
    await pause(5000)
    await stage.bringUp(part, () => network.speak())
    stage.load.phase = 'healthy'
    await pause(2500)
    stage.load.phase = 'slow'
    network.slowDown(150)
    await pause(4000)
    network.slowDown(0)
    stage.load.phase = 'healthy'
  },
})

export const networks: Scenario[] = [...each(killed), ...each(cut), ...each(silent)]
