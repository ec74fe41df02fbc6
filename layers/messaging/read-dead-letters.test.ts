import { describe, expect, it } from '@jest/globals'
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
  readonly asked: string[] = []
  readonly passedOn = new Set<ConsumeMessage>()
  readonly putOff = new Set<ConsumeMessage>()
  /** What the queue has not given out. */
  left: ConsumeMessage[]
  readonly #messages: ConsumeMessage[]
  readonly #count: number
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

  async consume(queue: string, receive: (message: ConsumeMessage) => void) {
    this.asked.push(`consume ${queue}`)
    for (const delivered of this.left.splice(0, this.#prefetch)) setImmediate(() => receive(delivered))
    return { consumerTag: 'tag' }
  }

  ack(message: ConsumeMessage) {
    const isBusy = this.passedOn.size >= passedOnAtOnce
    this[isBusy ? 'putOff' : 'passedOn'].add(message)
  }

  async cancel(consumerTag: string) {
    this.#isApplied = consumerTag === 'tag'
  }

  async checkQueue(queue: string) {
    this.asked.push(`check ${queue}`)
    if (this.#isApplied) {
      for (const message of this.putOff) this.passedOn.add(message)
      this.putOff.clear()
    }
    const isFirst = this.asked.length === 1
    return { messageCount: isFirst ? this.#count : this.left.length }
  }

  /** Closes it, and tells which messages the queue still has. */
  close(): ConsumeMessage[] {
    return this.#messages.filter((message) => !this.passedOn.has(message))
  }

  get asChannel(): Channel {
    return this as unknown as Channel
  }
}

const take = (...messages: ConsumeMessage[]) =>
  takeDeadLetters(new QuorumQueueChannel(messages).asChannel, 'stock-reduction')

describe('takeDeadLetters', () => {
  it('takes what is in the dead-letter queue of a queue, oldest first', async () => {
    const channel = new QuorumQueueChannel([message({ messageId: 'a' }), message({ messageId: 'b' })])

    const letters = await takeDeadLetters(channel.asChannel, 'stock-reduction')

    expect(letters.map(({ messageId }) => messageId)).toEqual(['a', 'b'])
    expect(channel.asked).toEqual(['check stock-reduction.dead', 'consume stock-reduction.dead'])
  })

  it('leaves what comes meanwhile, so that it comes to an end', async () => {
    const channel = new QuorumQueueChannel([message(), message(), message()], 2)

    expect(await takeDeadLetters(channel.asChannel, 'stock-reduction')).toHaveLength(2)
    expect(channel.left).toHaveLength(1)
  })

  it('ends when somebody else has taken the rest', async () => {
    const channel = new QuorumQueueChannel([message()], 5)

    expect(await takeDeadLetters(channel.asChannel, 'stock-reduction')).toHaveLength(1)
  })

  it('takes more than one consumer may hold', async () => {
    const one = message()
    const channel = new QuorumQueueChannel(Array.from({ length: 70_000 }, () => one))

    expect(await takeDeadLetters(channel.asChannel, 'stock-reduction')).toHaveLength(70_000)
  })

  it('shows a message that the consumer chain has set aside', async () => {
    const headers = {
      'x-dead-letter-reason': 'not JSON',
      'x-first-failed-at': '2026-11-21T10:00:00.000Z',
      'x-attempts': 3,
    }
    const set = message({ messageId: 'a', type: 'order.created', headers }, 'nonsense')

    expect(await take(set)).toEqual([
      {
        queue: 'stock-reduction',
        messageId: 'a',
        type: 'order.created',
        reason: 'not JSON',
        firstFailedAt: '2026-11-21T10:00:00.000Z',
        attempts: 3,
        body: 'nonsense',
        message: set,
      },
    ])
  })

  it.each([
    ['delivery_limit', 'delivered too often without success'],
    ['expired', 'set aside by RabbitMQ (expired)'],
    [undefined, 'set aside by RabbitMQ (no reason given)'],
  ])('puts what RabbitMQ gives as its reason, %s, into words', async (given, reason) => {
    const [letter] = await take(
      message({ headers: { 'x-first-death-reason': given, 'x-delivery-count': 101 } }),
    )

    expect(letter).toMatchObject({ reason, attempts: 101, firstFailedAt: undefined })
  })

  it.each([
    [{ toString: 1 }, '(a table)'],
    [['a'], '(a list)'],
    [7, '7'],
    [null, 'null'],
    [{ '!': 'timestamp', value: 1 }, '(a table)'],
  ])('shows headers of any type, and trusts none: %j', async (value, words) => {
    const names = ['x-dead-letter-reason', 'x-first-failed-at', 'x-attempts', 'x-delivery-count']
    const headers = Object.fromEntries(names.map((name) => [name, value]))

    const [letter] = await take(message({ headers }))

    expect(letter).toMatchObject({
      reason: words,
      firstFailedAt: words,
      attempts: value === 7 ? 7 : undefined,
    })
  })

  it('shows a reason of RabbitMQ that somebody else has written', async () => {
    const [letter] = await take(message({ headers: { 'x-first-death-reason': { toString: 1 } } }))

    expect(letter).toMatchObject({ reason: 'set aside by RabbitMQ ((a table))' })
  })

  it('shows a message without any properties', async () => {
    const [letter] = await take(message({ headers: undefined }, Buffer.from([0xff])))

    expect(letter).toMatchObject({
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
    const letters = await takeDeadLetters(channel.asChannel, 'stock-reduction')

    await removeDeadLetters(
      channel.asChannel,
      letters.filter((_, index) => index % 5 > 0),
    )

    expect(channel.close()).toEqual(messages.filter((_, index) => index % 5 === 0))
  })
})
