/** What the suite tells apart of what a client sends to its broker. */
export interface ClientFrame {
  kind: 'publish' | 'consume' | 'acknowledge' | 'other'
  /** Of a publish: its routing key. */
  routingKey?: string
  bytes: Buffer
}

const protocolHeaderLength = 8
const headerLength = 7
const methodFrame = 1
/** Class and method, https://www.rabbitmq.com/amqp-0-9-1-reference */
const kinds: Record<string, ClientFrame['kind']> = {
  '60.20': 'consume',
  '60.40': 'publish',
  '60.80': 'acknowledge',
}

/** Cuts the bytes that an AMQP 0-9-1 client sends into frames, whatever pieces they arrive in. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)
  #began = false

  read(chunk: Buffer): ClientFrame[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const frames: ClientFrame[] = []
    for (let length = this.#nextLength(); length <= this.#rest.length; length = this.#nextLength()) {
      frames.push(frameOf(this.#rest.subarray(0, length), this.#began))
      this.#rest = this.#rest.subarray(length)
      this.#began = true
    }
    return frames
  }

  /** Infinite while even the length has not arrived. */
  #nextLength(): number {
    if (!this.#began) return protocolHeaderLength
    if (this.#rest.length < headerLength) return Number.POSITIVE_INFINITY
    return headerLength + this.#rest.readUInt32BE(3) + 1
  }
}

function frameOf(bytes: Buffer, isFrame: boolean): ClientFrame {
  if (!isFrame || bytes[0] !== methodFrame) return { kind: 'other', bytes }
  const kind = kinds[`${bytes.readUInt16BE(headerLength)}.${bytes.readUInt16BE(headerLength + 2)}`] ?? 'other'
  return kind === 'publish' ? { kind, bytes, routingKey: routingKeyOf(bytes) } : { kind, bytes }
}

/** After class and method come a reserved short and two short strings, exchange and routing key. */
function routingKeyOf(bytes: Buffer): string {
  const exchangeAt = headerLength + 6
  const keyAt = exchangeAt + 1 + (bytes[exchangeAt] ?? 0)
  return bytes.toString('utf8', keyAt + 1, keyAt + 1 + (bytes[keyAt] ?? 0))
}
