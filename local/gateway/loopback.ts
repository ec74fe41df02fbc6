import { subscribe } from 'node:diagnostics_channel'
import { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Those of the two loopback addresses that this machine has: `::1` is missing where IPv6 is switched off. */
function loopbacks(): string[] {
  const present = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
  return ['127.0.0.1', '::1'].filter((loopback) => present.some(({ address }) => address === loopback))
}

/** The addresses that have to be free for `host`. Some programs take `localhost` for `127.0.0.1` and others for `::1`. */
export const addressesOf = (host: string): string[] =>
  host === 'localhost' ? [host, ...loopbacks()] : [host]

/**
 * Lets those who come by the other loopback address reach a server that listens at one of them.
 * @returns what listens there; it ends with the server, and keeps no process alive
 */
export function listenBeside(server: HttpServer): Server[] {
  const { address, port } = server.address() as AddressInfo
  const others = loopbacks().filter((loopback) => loopback !== address)
  return others.map((other) => {
    // The options that an HTTP server gives to the sockets that it accepts itself.
    const options = { allowHalfOpen: true, noDelay: true }
    const beside = createServer(options, (socket) => server.emit('connection', socket))
    // The ports were free at the start; who takes one in between leaves the shop its own address.
    beside.on('error', () => {})
    server.once('close', () => beside.close())
    return beside.listen(port, other).unref()
  })
}

/** Lets the HTTP server that will listen at `localhost` and this port in this process listen at both loopback addresses. */
export function listenAtBothLoopbacks({ host, httpPort }: { host: string; httpPort: number }): void {
  if (host !== 'localhost') return
  // https://nodejs.org/api/diagnostics_channel.html#built-in-channels
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: Server }
    const isOurs = server instanceof HttpServer && (server.address() as AddressInfo).port === httpPort
    if (isOurs) listenBeside(server)
  })
}
