import { setTimeout as pause } from 'node:timers/promises'
import { storedOrders } from '../checks/shop-books.ts'
import type { Scenario } from '../scenario.ts'

const stopLimitSeconds = 10

/** The kernel may open a new connection in the instant between the shop's last look and the end of its port. */
const mostUnheard = 1

/** A deployment: the shop is told to stop while orders come in, and another one starts. */
const terminated: Scenario = {
  name: 'terminated',
  injected: 'shop stopped (SIGTERM) under load and started again',
  needs: [],
  quick: true,
  shopGoes: true,
  async inject({ bench, load }) {
    const [shop] = bench.shops
    load.phase = 'stopping'
    const { code, seconds } = await shop.terminate()
    if (code !== 0) throw new Error(`after SIGTERM the shop exits with ${code}`)
    if (seconds > stopLimitSeconds) throw new Error(`after SIGTERM the shop takes ${seconds} s to exit`)
    await shop.start()
    load.phase = 'healthy'
  },
  async verify({ load, bench, productIds }) {
    const unanswered = load.book.outcomes.filter(({ failure }) => failure && failure !== 'ECONNREFUSED')
    const stored = new Set(
      (await storedOrders(bench.urls.DATABASE_URL, productIds)).map(({ requestId }) => requestId),
    )
    const cutOff = unanswered.filter(({ requestId }) => stored.has(requestId))
    if (cutOff.length > 0)
      throw new Error(`${cutOff.length} running requests were cut off (${cutOff[0]?.failure})`)
    const closed = load.book.outcomes.filter(({ closedConnections }) => closedConnections > 0)
    if (closed.length > 0) throw new Error(`${closed.length} requests met a kept connection that was closed`)
    if (unanswered.length > mostUnheard) {
      throw new Error(`${unanswered.length} requests met a closed connection (${unanswered[0]?.failure})`)
    }
  },
}

/** Two instances share everything; one of them dies in between and comes back. */
const sideBySide: Scenario = {
  name: 'side-by-side',
  injected: 'two shops on one set of services, one of them killed and started again',
  needs: ['broker', 'cache'],
  quick: true,
  instances: 2,
  shopGoes: true,
  async inject({ bench, load }) {
    await pause(3000)
    load.phase = 'killed'
    await bench.shops[1].kill()
    await pause(1000)
    await bench.shops[1].start()
    load.phase = 'healthy'
    await pause(2000)
  },
}

export const instances: Scenario[] = [terminated, sideBySide]
