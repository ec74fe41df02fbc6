import type { Writable } from 'node:stream'

/**
 * Sends what is written to `stream` within one turn of the event loop at once. amqplib writes every message on its own,
 * and each would be a system call, which costs more than the rest of publishing it.
 */
export function coalesceWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...parameters: unknown[]) => boolean
  let corked = false
  const send = () => {
    corked = false
    stream.uncork()
  }
  stream.write = (...parameters: unknown[]) => {
    if (!corked) {
      corked = true
      stream.cork()
      process.nextTick(send)
    }
    return write(...parameters)
  }
}
