import { setTimeout as pause } from 'node:timers/promises'
import type { Part } from '../load/health-watch.ts'
import type { Scenario } from '../scenario.ts'

const names = { database: 'PostgreSQL', cache: 'Redis', broker: 'RabbitMQ' }
const parts = Object.keys(names) as Part[]

/** Every connection breaks, several times in a row; new ones are accepted at once. */
const cut = (part: Part): Scenario => ({
  name: `${part}-cut`,
  injected: `connections to ${names[part]} cut 12 times in 5 s`,
  needs: [part],
  async inject(stage) {
    const { network } = stage.service(part)
    stage.load.phase = 'cut'
    for (let times = 0; times < 12; times += 1) {
      network.cut()
      await pause(400)
    }
    stage.load.phase = 'healthy'
  },
})

/** The connections stand, but nothing passes for a while; then everything passes, but late. */
const silent = (part: Part): Scenario => ({
  name: `${part}-silent`,
  injected: `${names[part]} silent for 5 s, then 150 ms late each way for 4 s`,
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

export const networks: Scenario[] = [...parts.map(cut), ...parts.map(silent)]
