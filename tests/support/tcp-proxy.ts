import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../bench/processes/free-port.ts'

/**
 * A TCP proxy in front of a service, for what happens to a network: it can be cut, refuse, fall silent and be slow. It
 * starts healthy.
 *
 * @example
 * const proxy = await TcpProxy.inFrontOf('redis://localhost:6379', 6379)
 * proxy.fallSilent()
 */
export class TcpProxy {
  readonly #target: { host: string; port: number }
  readonly #pairs = new Set<readonly [inside: Socket, outside: Socket]>()
  #server: Server | undefined
  #port = 0
  #isSilent = false
  #delayMs = 0
  #unwanted: string | undefined
  #lost: string | undefined
  #swallowed = 0

  private constructor(target: { host: string; port: number }) {
    this.#target = target
  }

  /** Starts a proxy to the host and port of `url`. */
  static async inFrontOf(url: string, defaultPort: number): Promise<TcpProxy> {
    const { hostname, port } = new URL(url)
    const proxy = new TcpProxy({ host: hostname, port: Number(port) || defaultPort })
    await proxy.accept()
    return proxy
  }

  /** `url` with the proxy's own address. */
  addressFor(url: string): string {
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(this.#port) }).href
  }

  /** How many connections stand now. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Breaks every connection; new ones are accepted. */
  cut(): void {
    this.#forEach((socket) => socket.destroy())
    this.#pairs.clear()
  }

  /** Breaks every connection and refuses new ones, as a service that is down. */
  async refuse(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    const closed = server && new Promise((resolve) => server.close(resolve))
    this.cut()
    await closed
  }

  /** Accepts connections, on the same port as ever. */
  async accept(): Promise<void> {
    this.#port ||= await freePort()
    const server = createServer({ noDelay: true }, (inside) => this.#join(inside))
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve)
    })
  }

  /** Keeps every connection and passes nothing on, as a frozen service; what is sent meanwhile is kept. */
  fallSilent(): void {
    this.#isSilent = true
    this.#forEach((socket) => socket.pause())
  }

  /** Passes nothing on any more for the connections that stand, as a router that has forgotten them; new ones work. */
  abandon(): void {
    this.#forEach((socket) => socket.removeAllListeners('data').resume())
  }

  /** Passes everything on again, first what was kept. */
  speak(): void {
    this.#isSilent = false
    this.#forEach((socket) => socket.resume())
  }

  /** Keeps whatever passes, in either direction, for `delayMs`. */
  slowDown(delayMs: number): void {
    this.#delayMs = delayMs
  }

  /** Keeps from the service whatever chunk has `word` in it, which gets no answer then; undefined ends it. */
  swallow(word: string | undefined): void {
    this.#unwanted = word
  }

  /** How many chunks it has swallowed. */
  get swallowed(): number {
    return this.#swallowed
  }

  /** Keeps from the client whatever answer has `word` in it; undefined ends it. */
  loseAnswer(word: string | undefined): void {
    this.#lost = word
  }

  /** Is healthy again, whatever was done to it; whoever was connected connects anew. */
  async recover(): Promise<void> {
    this.cut()
    this.#isSilent = false
    this.#delayMs = 0
    this.#unwanted = undefined
    this.#lost = undefined
    if (!this.#server) await this.accept()
  }

  async close(): Promise<void> {
    await this.refuse()
  }

  #forEach(act: (socket: Socket) => void): void {
    for (const socket of [...this.#pairs].flat()) act(socket)
  }

  #join(inside: Socket): void {
    const outside = connect({ ...this.#target, noDelay: true })
    const pair = [inside, outside] as const
    this.#pairs.add(pair)
    this.#pass(inside, outside, (chunk) => this.#isUnwanted(chunk))
    this.#pass(outside, inside, (chunk) => this.#lost !== undefined && chunk.includes(this.#lost))
    for (const socket of pair) {
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#pairs.delete(pair)
        for (const each of pair) each.destroy()
      })
      if (this.#isSilent) socket.pause()
    }
  }

  #isUnwanted(chunk: Buffer): boolean {
    const isUnwanted = this.#unwanted !== undefined && chunk.includes(this.#unwanted)
    this.#swallowed += Number(isUnwanted)
    return isUnwanted
  }

  /** Keeps the order: each chunk is due a delay after it came, and never before the one ahead of it. */
  #pass(from: Socket, to: Socket, isKept: (chunk: Buffer) => boolean): void {
    let passed = Promise.resolve()
    const next = (work: () => void) => {
      const dueAt = performance.now() + this.#delayMs
      passed = passed.then(async () => {
        const waitMs = dueAt - performance.now()
        if (waitMs > 0) await pause(waitMs)
        if (!to.destroyed) work()
      })
    }
    from.on('data', (chunk) => {
      if (!isKept(chunk)) next(() => to.write(chunk))
    })
    from.on('end', () => next(() => to.end()))
  }
}

/** A server that accepts connections and never says a word; resolves to its port and a function that ends it. */
export async function startSilentServer(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
