import { subscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'

/**
 * How long an idle connection is kept: longer than a proxy or a load balancer keeps its own, which is a minute for nginx
 * and for those of AWS. Who closes it first sends nothing more on it; Node's own five seconds end while a proxy's POST is on
 * its way, and that is answered 502.
 */
const keepAliveMs = 65_000

/** Lets the HTTP servers that begin to listen in this process from now on keep their idle connections so long. */
export function keepIdleConnections(): void {
  // https://nodejs.org/api/diagnostics_channel.html#built-in-channels
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: unknown }
    if (server instanceof Server) server.keepAliveTimeout = keepAliveMs
  })
}
