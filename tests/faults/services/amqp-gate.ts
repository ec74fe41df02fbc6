import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type ClientFrame, FrameReader } from './amqp-frames.ts'

type Criterion = (frame: ClientFrame) => boolean

/** One client's connection. */
interface Link {
  client: Socket
  broker: Socket
  consumes: boolean
  /** Set from the first frame on that met it. */
  heldBy: Criterion | undefined
  waiting: ClientFrame[]
}

/**
 * Stands before a broker and holds back what it is told to, on every connection by itself: a process that is killed
 * meanwhile dies at exactly that point. What was held is passed on at `release`, or lost at `lose`.
 *
 * @example
 * gate.holdFrom(({ kind }) => kind === 'publish') // committed, never published
 */
export class AmqpGate {
  readonly #server: Server
  readonly #links = new Set<Link>()
  #criterion: Criterion | undefined
  #holdsDeliveries = false

  private constructor(target: number) {
    this.#server = createServer({ noDelay: true }, (client) => this.#join(client, target))
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
    return [...this.#links].flatMap(({ heldBy, waiting }) => (heldBy ? waiting.filter(heldBy) : [])).length
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
      link.heldBy = undefined
      for (const { bytes } of link.waiting.splice(0)) link.broker.write(bytes)
      link.broker.resume()
    }
  }

  /** Loses everything that is held, with its connections, and holds nothing more. */
  lose(): void {
    for (const link of this.#links) end(link)
    this.release()
  }

  async close(): Promise<void> {
    this.lose()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, port: number): void {
    const broker = connect({ port, host: '127.0.0.1', noDelay: true })
    const link: Link = { client, broker, consumes: false, heldBy: undefined, waiting: [] }
    this.#links.add(link)
    const frames = new FrameReader()
    client.on('data', (chunk) => {
      for (const frame of frames.read(chunk)) this.#pass(frame, link)
    })
    broker.on('data', (chunk) => client.write(chunk))
    for (const socket of [client, broker]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#links.delete(link)
        end(link)
      })
    }
  }

  #pass(frame: ClientFrame, link: Link): void {
    if (frame.kind === 'consume') link.consumes = true
    if (this.#criterion?.(frame)) link.heldBy = this.#criterion
    if (link.heldBy) link.waiting.push(frame)
    else link.broker.write(frame.bytes)
    if (link.consumes && this.#holdsDeliveries) link.broker.pause()
  }
}

function end(link: Link): void {
  link.waiting = []
  link.client.destroy()
  link.broker.destroy()
}
