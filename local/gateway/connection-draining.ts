import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { Server } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Milliseconds without a request after which idle connections are given up, and milliseconds that draining may take. */
export interface DrainLimits {
  quietMs: number
  limitMs: number
}

const lookEveryMs = 20
// https://nodejs.org/api/diagnostics_channel.html#built-in-channels
const listening = 'tracing:net.server.listen:asyncEnd'
const requestBegins = 'http.server.request.start'

/**
 * Watches the servers that begin to listen in this process from now on, and returns what drains their connections: they
 * take no new ones, and each that is kept is closed by the answer to its next request, which says `connection: close`. It
 * resolves when none is left. One that stays idle can't be closed without the risk that a request is on its way, which
 * would get no answer: it is left open until nobody has asked for a second, five seconds at most.
 */
export function prepareDraining(
  { quietMs, limitMs }: DrainLimits = { quietMs: 1000, limitMs: 5000 },
): () => Promise<void> {
  const servers = new Set<Server>()
  const watch = (message: unknown) => servers.add((message as { server: Server }).server)
  subscribe(listening, watch)

  return async () => {
    unsubscribe(listening, watch)
    const beganAt = performance.now()
    let askedAt = beganAt
    subscribe(requestBegins, (message) => {
      const { server, response } = message as { server: Server; response: ServerResponse }
      if (!servers.has(server)) return
      askedAt = performance.now()
      response.shouldKeepAlive = false
    })
    await takeOver(servers, limitMs)
    // An HTTP server's own close would also close the connections that are idle at this moment.
    for (const server of servers) Server.prototype.close.call(server)
    const isOver = (now: number) => now - askedAt >= quietMs || now - beganAt >= limitMs
    while (!isOver(performance.now()) && (await haveConnections(servers))) {
      await pause(lookEveryMs)
      await turn() // what has come while the process stood still is read before the clock is
    }
  }
}

/** Takes over the connections that the kernel has made already, one a turn: it resets those that are left with the port. */
async function takeOver(servers: Set<Server>, limitMs: number): Promise<void> {
  let taken = 0
  const count = () => {
    taken += 1
  }
  for (const server of servers) server.on('connection', count)
  const endsAt = performance.now() + limitMs
  let before: number
  do {
    before = taken
    await turn()
    await turn()
  } while (taken > before && performance.now() < endsAt)
  for (const server of servers) server.off('connection', count)
}

async function haveConnections(servers: Set<Server>): Promise<boolean> {
  const counts = await Promise.all(
    [...servers].map((server) => promisify(server.getConnections).call(server)),
  )
  return counts.some((count) => count > 0)
}
