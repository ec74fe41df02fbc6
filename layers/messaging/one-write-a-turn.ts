import { Duplex } from 'node:stream'

/**
 * Lets everything that amqplib writes within one turn of the event loop leave in one system call: it writes each frame by
 * itself, so that a batch costs as many calls as it has messages. Leaves alone a connection that isn't as amqplib 2 makes it.
 *
 * @example
 * await connect(url, { recovery: { setup: async (model) => writeOnceATurn(model.connection) } })
 */
export function writeOnceATurn(connection: unknown): void {
  const stream = (connection as { stream?: unknown } | undefined)?.stream
  if (!(stream instanceof Duplex)) return
  const write = stream.write
  let isCorked = false
  stream.write = function writeTogether(...args: unknown[]): boolean {
    if (!isCorked) {
      isCorked = true
      stream.cork()
      process.nextTick(() => {
        isCorked = false
        stream.uncork()
      })
    }
    return write.apply(stream, args as Parameters<Duplex['write']>)
  }
}
