import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type ClientFrame, FrameReader } from './amqp-frames.ts'

type Criterion = (frame: ClientFrame) => boolean

/**
 * Stands before a broker and holds back what it is told to, on every connection by itself: a process that is killed
 * meanwhile dies at exactly that point. What was held is passed on at `release`, or lost at `lose`.
 *
 * @example
 * gate.holdFrom(({ kind }) => kind === 'publish') // committed, never published
 */
export class AmqpGate {
  readonly #target: number
  readonly #server: Server
  readonly #links = new Set<Link>()
  #criterion: Criterion | undefined
  #holdsDeliveries = false

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client))
  }

  static async inFrontOf(url: string): Promise<AmqpGate> {
    const gate = new AmqpGate(Number(new URL(url).port))
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve))
    return gate
  }

  addressFor(url: string): string {
    const { port } = this.#server.address() as AddressInfo
    return Object.assign(new URL(url), { port: String(port) }).href
  }

  /** How many of the frames that `holdFrom` was asked to hold wait now. */
  get held(): number {
    return [...this.#links].reduce((sum, { held }) => sum + held, 0)
  }

  /** Holds everything that a client sends on a connection from the first frame on that meets the criterion. */
  holdFrom(criterion: Criterion): void {
    this.#criterion = criterion
  }

  /** Holds what the broker sends on the connections that consume. */
  holdDeliveries(): void {
    this.#holdsDeliveries = true
    for (const link of this.#links) if (link.consumes) link.broker.pause()
  }

  /** Passes on everything that is held, and holds nothing more. */
  release(): void {
    this.#criterion = undefined
    this.#holdsDeliveries = false
    for (const link of this.#links) {
      link.release()
      link.broker.resume()
    }
  }

  /** Loses everything that is held, with its connections, and holds nothing more. */
  lose(): void {
    for (const link of this.#links) link.end()
    this.release()
  }

  async close(): Promise<void> {
    this.lose()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket): void {
    const link = new Link(client, connect({ port: this.#target, host: '127.0.0.1', noDelay: true }))
    this.#links.add(link)
    const frames = new FrameReader()
    client.on('data', (chunk) => {
      for (const frame of frames.read(chunk)) {
        link.pass(frame, this.#criterion)
        if (link.consumes && this.#holdsDeliveries) link.broker.pause()
      }
    })
    link.broker.on('data', (chunk) => client.write(chunk))
    for (const socket of [client, link.broker]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#links.delete(link)
        link.end()
      })
    }
  }
}

/** One client's connection. */
class Link {
  readonly client: Socket
  readonly broker: Socket
  consumes = false
  #criterion: Criterion | undefined
  #waiting: ClientFrame[] = []

  constructor(client: Socket, broker: Socket) {
    this.client = client
    this.broker = broker
  }

  get held(): number {
    const criterion = this.#criterion
    return criterion ? this.#waiting.filter(criterion).length : 0
  }

  pass(frame: ClientFrame, criterion: Criterion | undefined): void {
    if (frame.kind === 'consume') this.consumes = true
    if (criterion?.(frame)) this.#criterion = criterion
    if (this.#criterion) this.#waiting.push(frame)
    else this.broker.write(frame.bytes)
  }

  release(): void {
    this.#criterion = undefined
    for (const { bytes } of this.#waiting.splice(0)) this.broker.write(bytes)
  }

  end(): void {
    this.#waiting = []
    this.client.destroy()
    this.broker.destroy()
  }
}
