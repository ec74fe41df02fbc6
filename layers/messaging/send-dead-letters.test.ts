import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
import { headerBytes, rmqMessage } from '../../tests/support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<typeof import('./publisher.ts').publish>()
jest.unstable_mockModule('./publisher.ts', () => ({ publish }))
const { deadLetter } = await import('./send-dead-letters.ts')

const now = '2026-11-21T10:00:00.000Z'
const poison = (delivery: object) => ({
  queue: 'stock-reduction',
  message: rmqMessage({ text: 'not JSON', headers: null, ...delivery }),
  reason: 'not JSON',
})
const published = () => publish.mock.calls[0]?.[0][0]

beforeEach(() => {
  jest.useFakeTimers({ now: new Date(now) })
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

afterEach(() => {
  jest.useRealTimers()
})

describe('deadLetter', () => {
  it('counts what it puts there', async () => {
    const before = poisonMessages.of('stock-reduction').value

    await deadLetter([poison({}), poison({})])

    expect(poisonMessages.of('stock-reduction').value - before).toBe(2)
  })

  it('puts a message, as it is, into the dead-letter queue of its queue', async () => {
    await deadLetter([
      poison({
        messageId: 'm1',
        type: 'order.created',
        correlationId: 'r1',
        appId: 'other',
        contentType: 'text/plain',
        contentEncoding: 'identity',
      }),
    ])

    expect(publish.mock.calls).toEqual([
      [
        [
          {
            exchange: 'shop.dead-letters',
            routingKey: 'stock-reduction.dead',
            content: Buffer.from('not JSON'),
            options: {
              messageId: 'm1',
              type: 'order.created',
              correlationId: 'r1',
              appId: 'other',
              contentType: 'text/plain',
              contentEncoding: 'identity',
              headers: { 'x-dead-letter-reason': 'not JSON', 'x-first-failed-at': now, 'x-attempts': 1 },
              persistent: true,
              mandatory: true,
            },
          },
        ],
      ],
    ])
  })

  it('gives a message without a message id one, so that its confirm can be told apart', async () => {
    await deadLetter([
      poison({ messageId: null, contentType: null, appId: null }),
      poison({ messageId: null }),
    ])

    const ids = publish.mock.calls[0]?.[0].map(({ options }) => options.messageId) ?? []
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toMatch(/^[\da-f-]{36}$/)
  })

  it('keeps the headers that a message has', async () => {
    await deadLetter([poison({ headers: { traceparent: headerBytes('00-ab-cd-01'), count: 7 } })])

    expect(published()?.options.headers).toMatchObject({ traceparent: '00-ab-cd-01', count: 7 })
  })

  it('keeps when a message failed first', async () => {
    await deadLetter([poison({ headers: { 'x-first-failed-at': headerBytes('2026-01-01T00:00:00.000Z') } })])

    expect(published()?.options.headers).toMatchObject({ 'x-first-failed-at': '2026-01-01T00:00:00.000Z' })
  })

  it('counts the attempts that the broker has counted, and this one', async () => {
    await deadLetter([poison({ headers: { 'x-delivery-count': 4 } })])

    expect(published()?.options.headers).toMatchObject({ 'x-attempts': 5 })
  })

  it.each(['abc', -1, 1.5, Number.NaN, 2 ** 60, { toString: 1 }, null, [4]])(
    'counts one attempt where somebody else has counted: %j',
    async (count) => {
      await deadLetter([poison({ headers: { 'x-delivery-count': count, 'x-attempts': { toString: 1 } } })])

      expect(published()?.options.headers).toMatchObject({ 'x-attempts': 1 })
    },
  )

  it.each(['yesterday', `${now}\n`, { toString: 1 }, 7, null])(
    'says when it failed first where somebody else says so: %j',
    async (moment) => {
      const given = typeof moment === 'string' ? headerBytes(moment) : moment
      await deadLetter([poison({ headers: { 'x-first-failed-at': given } })])

      expect(published()?.options.headers).toMatchObject({ 'x-first-failed-at': now })
    },
  )

  it('leaves out what can not be published again, and names it in the reason', async () => {
    const headers = {
      large: headerBytes('v'.repeat(33_000)),
      'CC\n': 1,
      CC: [headerBytes('elsewhere')],
      kept: 1,
    }

    await deadLetter([poison({ headers, type: '\ufffd'.repeat(255) })])

    expect(published()?.options.headers).toEqual({
      'x-dead-letter-reason': 'not JSON; without type, large, CC',
      'x-first-failed-at': now,
      'x-attempts': 1,
      'CC\n': 1,
      kept: 1,
    })
    expect(published()?.options).not.toHaveProperty('type', expect.anything())
  })

  it('has a reason of at most a kilobyte, whose last character is whole', async () => {
    await deadLetter([{ ...poison({}), reason: `a${'ü'.repeat(1000)}` }])

    expect(published()?.options.headers?.['x-dead-letter-reason']).toBe(`a${'ü'.repeat(511)}`)
  })

  it('puts its own headers before those of others, which may be many', async () => {
    await deadLetter([poison({ headers: { a: 1, 'x-dead-letter-reason': headerBytes('forged') } })])

    const headers = published()?.options.headers
    expect(Object.keys(headers)).toEqual(['x-dead-letter-reason', 'x-first-failed-at', 'x-attempts', 'a'])
    expect(headers).toMatchObject({ 'x-dead-letter-reason': 'not JSON' })
  })

  it('fails unless the broker confirms every message', async () => {
    publish.mockResolvedValue([true, false, true])

    const outcome = deadLetter([poison({}), poison({}), poison({})])

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
  })

  it('does nothing when there is nothing to do', async () => {
    await deadLetter([])

    expect(publish).not.toHaveBeenCalled()
  })
})
