import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
import { headerBytes, rmqMessage } from '../../tests/support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<typeof import('./publisher.ts').publish>()
jest.unstable_mockModule('./publisher.ts', () => ({ publish }))
const { deadLetter } = await import('./dead-letter.ts')

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
