import { afterEach, describe, expect, it, jest } from '@jest/globals'
import type { Channel, ConsumeMessage } from 'amqplib'
import { takeDeadLetters } from './read-dead-letters.ts'

/** Its body is no UTF-8. */
const message = (properties: object = { headers: {} }) =>
  ({ content: Buffer.from([0xff]), properties }) as ConsumeMessage

/** A channel on a queue that claims to hold `count` messages. */
class FakeChannel {
  left: ConsumeMessage[]
  readonly #count: number
  #prefetch = 0

  constructor(messages: ConsumeMessage[], count = messages.length) {
    this.left = messages
    this.#count = count
  }

  /** A number of 16 bits, as on the wire. */
  async prefetch(count: number) {
    this.#prefetch = count % 2 ** 16
  }

  async consume(_queue: string, receive: (message: ConsumeMessage | null) => void) {
    for (const delivered of this.left.splice(0, this.#prefetch)) setImmediate(() => receive(delivered))
  }

  async checkQueue() {
    return { messageCount: this.#count }
  }
}

const take = (channel: FakeChannel) => takeDeadLetters(channel as unknown as Channel, 'stock-reduction')
const shown = async (properties: object) => (await take(new FakeChannel([message(properties)])))[0]

afterEach(() => {
  jest.useRealTimers()
})

describe('takeDeadLetters', () => {
  it('leaves what comes meanwhile, so that it comes to an end', async () => {
    const channel = new FakeChannel([message(), message(), message()], 2)

    expect(await take(channel)).toHaveLength(2)
    expect(channel.left).toHaveLength(1)
  })

  it.each([
    ['somebody else has taken the rest', new FakeChannel([message()], 5)],
    [
      'the queue was deleted meanwhile',
      Object.assign(new FakeChannel([], 5), {
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
    expect(await take(new FakeChannel(Array(70_000).fill(message())))).toHaveLength(70_000)
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

  it('puts what RabbitMQ gives as its reason into words, whatever it is', async () => {
    const headers = { 'x-first-death-reason': { toString: 1 }, 'x-delivery-count': 101 }

    expect(await shown({ headers })).toMatchObject({
      reason: 'set aside by RabbitMQ ((a table))',
      attempts: 101,
    })
  })

  it('shows a message without any properties', async () => {
    expect(await shown({ headers: undefined })).toMatchObject({
      messageId: '(none)',
      type: '(none)',
      reason: 'set aside by RabbitMQ (no reason given)',
      attempts: undefined,
      firstFailedAt: undefined,
      body: '\ufffd',
    })
  })
})
