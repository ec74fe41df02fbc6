import { describe, expect, it } from '@jest/globals'
import type { Channel, GetMessage } from 'amqplib'
import { sourceQueues, takeDeadLetters } from './dead-letters.ts'

const message = (properties: object = {}, content: string | Buffer = '{}') =>
  ({
    content: Buffer.from(content),
    fields: {},
    properties: { headers: {}, ...properties },
  }) as unknown as GetMessage

/** A channel on a queue that holds `messages`; it claims to hold `count`. */
function channelWith(messages: GetMessage[], count = messages.length) {
  const asked: string[] = []
  const left = [...messages]
  const channel = {
    async checkQueue(queue: string) {
      asked.push(`check ${queue}`)
      return { messageCount: count }
    },
    async get(queue: string) {
      asked.push(`get ${queue}`)
      return left.shift() ?? false
    },
  }
  return { channel: channel as unknown as Channel, asked, left }
}

const take = (...messages: GetMessage[]) => takeDeadLetters(channelWith(messages).channel, 'stock-reduction')

describe('takeDeadLetters', () => {
  it('takes what is in the dead-letter queue of a queue, oldest first', async () => {
    const { channel, asked } = channelWith([message({ messageId: 'a' }), message({ messageId: 'b' })])

    const letters = await takeDeadLetters(channel, 'stock-reduction')

    expect(letters.map(({ messageId }) => messageId)).toEqual(['a', 'b'])
    expect(new Set(asked)).toEqual(new Set(['check stock-reduction.dead', 'get stock-reduction.dead']))
  })

  it('leaves what comes meanwhile, so that it comes to an end', async () => {
    const { channel, left } = channelWith([message(), message(), message()], 2)

    expect(await takeDeadLetters(channel, 'stock-reduction')).toHaveLength(2)
    expect(left).toHaveLength(1)
  })

  it('ends when somebody else has taken the rest', async () => {
    const { channel } = channelWith([message()], 5)

    expect(await takeDeadLetters(channel, 'stock-reduction')).toHaveLength(1)
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

it('there are dead letters of the queues that are consumed', () => {
  expect(sourceQueues).toEqual(['stock-reduction', 'order-settlement'])
})
