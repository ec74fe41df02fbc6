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
  close(): void
}

/** TLS from the first byte, as Redis and RabbitMQ speak it. */
export function tlsFront(url: string, defaultPort: number): Promise<TlsFront> {
  const sockets = new Set<Socket>()
  const server = createTlsServer(certificate, (socket) => forward(socket, url, defaultPort, sockets))
  return listen(server, sockets)
}

/** TLS after PostgreSQL's own request for it; a client that doesn't ask for it is turned away. */
export function postgresTlsFront(url: string): Promise<TlsFront> {
  const sockets = new Set<Socket>()
  const server = createServer((plain) => {
    plain.on('error', () => {})
    plain.once('data', (first) => {
      if (!first.equals(sslRequest)) return plain.destroy()
      plain.write('S')
      forward(new TLSSocket(plain, { isServer: true, ...certificate }), url, 5432, sockets)
    })
  })
  return listen(server, sockets)
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
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return sockets.size
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
