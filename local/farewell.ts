import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { Server } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const farewellMs = 250
// https://nodejs.org/api/diagnostics_channel.html#built-in-channels
const listening = 'tracing:net.server.listen:asyncEnd'
const requestBegins = 'http.server.request.start'

/**
 * Watches the servers that begin to listen in this process from now on, and returns their farewell: they take no new
 * connections, and answer for a moment with `connection: close`. By the time they close their connections no client
 * uses one any more; a request that meets a connection which is just being closed would get no answer.
 */
export function prepareFarewell(): () => Promise<void> {
  const servers = new Set<Server>()
  const watch = (message: unknown) => servers.add((message as { server: Server }).server)
  subscribe(listening, watch)

  return async () => {
    unsubscribe(listening, watch)
    if (servers.size === 0) return
    // An HTTP server's own close would also close the connections that are idle at this moment.
    for (const server of servers) Server.prototype.close.call(server)
    subscribe(requestBegins, leaveConnection)
    await pause(farewellMs)
    unsubscribe(requestBegins, leaveConnection)
  }
}

function leaveConnection(message: unknown): void {
  const { response } = message as { response: ServerResponse }
  response.shouldKeepAlive = false
}
