import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'

const certificate = {
  key: readFileSync(new URL('localhost.key', import.meta.url)),
  cert: readFileSync(new URL('localhost.crt', import.meta.url)),
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** A port that speaks TLS alone, in front of a service on this machine that may not. */
export interface TlsFront {
  port: number
  /** Connections that stand. */
  readonly open: number
  /** Ends every connection, as a service does with one that has been silent for long. */
  cut(): void
  close(): void
}

/** TLS from the first byte, as Redis and RabbitMQ speak it. */
export function tlsFront(url: string, defaultPort: number): Promise<TlsFront> {
  const sockets = new Set<Socket>()
  const server = createTlsServer(certificate, (socket) => forward(socket, url, defaultPort, sockets))
  return listen(server, sockets)
}

/**
 * TLS after PostgreSQL's own request for it, as RDS Proxy demands it. A client that doesn't ask for TLS is turned away,
 * and so is one whose connection has a parameter that the proxy doesn't know, as
 * https://github.com/n8n-io/n8n/issues/25705 and https://github.com/brianc/node-postgres/issues/2103 tell.
 */
export function postgresTlsFront(url: string): Promise<TlsFront> {
  const sockets = new Set<Socket>()
  const server = createServer((plain) => {
    plain.on('error', () => {})
    plain.once('data', (first) => {
      if (!first.equals(sslRequest)) return plain.destroy()
      plain.write('S')
      const socket = new TLSSocket(plain, { isServer: true, ...certificate })
      socket.on('error', () => plain.destroy())
      socket.once('data', (startup) => {
        const unknown = parametersOf(startup).find((name) => !knownParameters.has(name))
        if (unknown) return socket.end(refusal(`unsupported startup parameter: ${unknown}`))
        socket.pause()
        socket.unshift(startup)
        forward(socket, url, 5432, sockets)
      })
    })
  })
  return listen(server, sockets)
}

const knownParameters = new Set(['user', 'database', 'application_name', 'client_encoding'])

/** The names of the parameters in a start-up message: length, version, then names and values that end with a zero. */
const parametersOf = (startup: Buffer): string[] =>
  startup
    .subarray(8)
    .toString()
    .split('\0')
    .filter((text, index) => index % 2 === 0 && text !== '')

/** PostgreSQL's own error message: https://www.postgresql.org/docs/current/protocol-error-fields.html */
function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`)
  const head = Buffer.from([0x45, 0, 0, 0, 0])
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

function forward(socket: Socket, url: string, defaultPort: number, sockets: Set<Socket>): void {
  const { hostname, port } = new URL(url)
  const target = connect(Number(port) || defaultPort, hostname)
  sockets.add(socket)
  socket.pipe(target).pipe(socket)
  const end = () => {
    sockets.delete(socket)
    socket.destroy()
    target.destroy()
  }
  for (const one of [socket, target]) one.on('error', end).on('close', end)
}

async function listen(server: Server, sockets: Set<Socket>): Promise<TlsFront> {
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    get open() {
      return sockets.size
    },
    close() {
      server.close()
      cut()
    },
  }
}
