import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, of which a load opens thousands (ip(7): from 32768). */
const lowest = 15_000
const highest = 32_000

/** A port on which nobody listens, and which no outgoing connection takes in the meantime. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await canListen(port)) return port
  }
}

function canListen(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
