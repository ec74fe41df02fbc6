import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import {
  contentHeader,
  frame,
  longText,
  method,
  octet,
  short,
  shortText,
  table,
  type WireProperties,
} from './wire.ts'

/** A message whose properties are bytes of the test's own. */
export interface WireMessage {
  /** The name of a queue. */
  routingKey: string
  properties: WireProperties
  content: Buffer
}

const channel = 1
const noHeartbeat = 0
const frameOverhead = 8

/**
 * A publisher that writes its frames itself: what it sends, no client library has looked at. RabbitMQ confirms each
 * message, or closes the connection for what it can't read itself.
 */
export class RawPublisher {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #largestFrame = 4096
  #sent = 0
  readonly #unconfirmed = new Set<number>()
  #end: Error | undefined
  #wake = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#end ??= new Error('RabbitMQ closed the connection')
      this.#wake()
    })
  }

  static async connect(url: string): Promise<RawPublisher> {
    const { hostname, port, username, password, pathname } = new URL(url)
    const socket = connect(Number(port || 5672), hostname)
    await once(socket, 'connect')
    const publisher = new RawPublisher(socket)
    const user = [username || 'guest', password || 'guest']
      .map((part) => `\0${decodeURIComponent(part)}`)
      .join('')
    await publisher.#open(user, decodeURIComponent(pathname.slice(1)) || '/')
    return publisher
  }

  async #open(user: string, virtualHost: string): Promise<void> {
    this.#socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'))
    await this.#answer('10.10')
    this.#socket.write(method(0, 10, 11, table(), shortText('PLAIN'), longText(user), shortText('en_US')))
    const limits = await this.#answer('10.30')
    this.#largestFrame = limits.readUInt32BE(2)
    this.#socket.write(method(0, 10, 31, limits.subarray(0, 6), short(noHeartbeat)))
    this.#socket.write(method(0, 10, 40, shortText(virtualHost), shortText(''), octet(0)))
    await this.#answer('10.41')
    this.#socket.write(method(channel, 20, 10, shortText('')))
    await this.#answer('20.11')
    this.#socket.write(method(channel, 85, 10, octet(0)))
    await this.#answer('85.11')
  }

  publish({ routingKey, properties, content }: WireMessage): void {
    const largest = this.#largestFrame - frameOverhead
    this.#socket.cork()
    this.#socket.write(method(channel, 60, 40, short(0), shortText(''), shortText(routingKey), octet(0)))
    this.#socket.write(contentHeader(channel, content.length, properties))
    for (let at = 0; at < content.length; at += largest)
      this.#socket.write(frame(3, channel, content.subarray(at, at + largest)))
    this.#socket.uncork()
    this.#sent += 1
    this.#unconfirmed.add(this.#sent)
  }

  /** Resolves when RabbitMQ has taken everything. @throws what it refuses, or closes the connection or the channel for */
  async confirmed(): Promise<void> {
    while (this.#unconfirmed.size > 0) {
      const { id, args } = await this.#nextMethod()
      if (id !== '60.80') throw new Error(`RabbitMQ answered ${id} in the place of a confirm`)
      const tag = Number(args.readBigUInt64BE(0))
      const isForAllBefore = args[8] === 1
      const confirmed = isForAllBefore ? [...this.#unconfirmed].filter((sent) => sent <= tag) : [tag]
      for (const sent of confirmed) this.#unconfirmed.delete(sent)
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  async #answer(wanted: string): Promise<Buffer> {
    const { id, args } = await this.#nextMethod()
    if (id !== wanted) throw new Error(`RabbitMQ answered ${id} in the place of ${wanted}`)
    return args
  }

  async #nextMethod(): Promise<{ id: string; args: Buffer }> {
    while (this.#received.length < 7 || this.#received.length < 8 + this.#received.readUInt32BE(3)) {
      if (this.#end) throw this.#end
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const payload = this.#received.subarray(7, 7 + this.#received.readUInt32BE(3))
    this.#received = this.#received.subarray(8 + payload.length)
    const id = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`
    if (id === '10.50' || id === '20.40')
      throw new Error(`RabbitMQ: ${payload.toString('utf8', 7, 7 + (payload[6] as number))}`)
    return { id, args: payload.subarray(4) }
  }
}
