import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { Channel, ConsumeMessage } from 'amqplib'
import { removeDeadLetters, takeDeadLetters } from './read-dead-letters.ts'

const message = (properties: object = {}, content: string | Buffer = '{}') =>
  ({
    content: Buffer.from(content),
    fields: { consumerTag: 'tag' },
    properties: { headers: {}, ...properties },
  }) as unknown as ConsumeMessage

/** Settlements of one channel that RabbitMQ passes on before the first of them is applied. */
const passedOnAtOnce = 32

/**
 * A channel on a quorum queue, which claims to hold `count`. As RabbitMQ does, it puts settlements off while enough of
 * them are under way, and forgets them when it closes.
 */
class QuorumQueueChannel {
  /** What the queue has not given out. */
  left: ConsumeMessage[]
  readonly #passedOn = new Set<ConsumeMessage>()
  readonly #putOff = new Set<ConsumeMessage>()
  readonly #messages: ConsumeMessage[]
  #count: number
  #prefetch = 0
  #isApplied = false

  constructor(messages: ConsumeMessage[], count = messages.length) {
    this.#messages = messages
    this.left = [...messages]
    this.#count = count
  }

  async prefetch(count: number) {
    this.#prefetch = count
  }

  async consume(_queue: string, receive: (message: ConsumeMessage | null) => void) {
    for (const delivered of this.left.splice(0, this.#prefetch)) setImmediate(() => receive(delivered))
    return { consumerTag: 'tag' }
  }

  ack(message: ConsumeMessage) {
    const isBusy = this.#passedOn.size >= passedOnAtOnce
    ;(isBusy ? this.#putOff : this.#passedOn).add(message)
  }

  async cancel(consumerTag: string) {
    this.#isApplied = consumerTag === 'tag'
  }

  async checkQueue() {
    if (this.#isApplied) {
      for (const message of this.#putOff) this.#passedOn.add(message)
      this.#putOff.clear()
    }
    return { messageCount: this.#count }
  }

  /** Closes it, and tells which messages the queue still has. */
  close(): ConsumeMessage[] {
    return this.#messages.filter((message) => !this.#passedOn.has(message))
  }

  get asChannel(): Channel {
    return this as unknown as Channel
  }
}

afterEach(() => {
  jest.useRealTimers()
})

const take = (channel: QuorumQueueChannel) => takeDeadLetters(channel.asChannel, 'stock-reduction')
const shown = async (properties: object, content?: string | Buffer) =>
  (await take(new QuorumQueueChannel([message(properties, content)])))[0]

describe('takeDeadLetters', () => {
  it('leaves what comes meanwhile, so that it comes to an end', async () => {
    const channel = new QuorumQueueChannel([message(), message(), message()], 2)

    expect(await take(channel)).toHaveLength(2)
    expect(channel.left).toHaveLength(1)
  })

  it.each([
    ['somebody else has taken the rest', new QuorumQueueChannel([message()], 5)],
    [
      'the queue was deleted meanwhile',
      Object.assign(new QuorumQueueChannel([], 5), {
        consume: async (_queue: string, receive: (none: null) => void) => receive(null),
      }),
    ],
  ])('ends when %s', async (_, channel) => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    const there = channel.left.length

    const letters = take(channel)
    await jest.advanceTimersByTimeAsync(3000)

    expect(await letters).toHaveLength(there)
  })

  it('takes more than one consumer may hold', async () => {
    const one = message()

    expect(await take(new QuorumQueueChannel(Array(70_000).fill(one)))).toHaveLength(70_000)
  })

  it.each([
    ['delivery_limit', 'delivered too often without success'],
    ['expired', 'set aside by RabbitMQ (expired)'],
    [undefined, 'set aside by RabbitMQ (no reason given)'],
    [{ toString: 1 }, 'set aside by RabbitMQ ((a table))'],
  ])('puts what RabbitMQ gives as its reason, %j, into words', async (given, reason) => {
    const letter = await shown({ headers: { 'x-first-death-reason': given, 'x-delivery-count': 101 } })

    expect(letter).toMatchObject({ reason, attempts: 101, firstFailedAt: undefined })
  })

  it.each([
    [{ '!': 'timestamp', value: 1 }, '(a table)'],
    [['a'], '(a list)'],
    [7, '7'],
    [null, 'null'],
  ])('shows headers of any type, and trusts none: %j', async (value, words) => {
    const names = ['x-dead-letter-reason', 'x-first-failed-at', 'x-attempts', 'x-delivery-count']

    const letter = await shown({ headers: Object.fromEntries(names.map((name) => [name, value])) })

    expect(letter).toMatchObject({
      reason: words,
      firstFailedAt: words,
      attempts: value === 7 ? 7 : undefined,
    })
  })

  it('shows a message without any properties', async () => {
    expect(await shown({ headers: undefined }, Buffer.from([0xff]))).toMatchObject({
      messageId: '(none)',
      type: '(none)',
      attempts: undefined,
      firstFailedAt: undefined,
      body: '\ufffd',
    })
  })
})

describe('removeDeadLetters', () => {
  it('removes any number of letters before the channel may close, and no other', async () => {
    const messages = Array.from({ length: 200 }, (_, index) => message({ messageId: `${index}` }))
    const channel = new QuorumQueueChannel(messages)
    const letters = await take(channel)

    await removeDeadLetters(
      channel.asChannel,
      letters.filter((_, index) => index % 5 > 0),
    )

    expect(channel.close()).toEqual(messages.filter((_, index) => index % 5 === 0))
  })
})
