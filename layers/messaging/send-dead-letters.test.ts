import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
import { headerBytes, rmqMessage } from '../../tests/support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<typeof import('./publisher.ts').publish>()
jest.unstable_mockModule('./publisher.ts', () => ({ publish }))
const { deadLetter } = await import('./send-dead-letters.ts')

const now = '2026-11-21T10:00:00.000Z'
const poison = (delivery: object, reason = 'not JSON') => ({
  queue: 'stock-reduction',
  message: rmqMessage({ text: 'not JSON', headers: null, ...delivery }),
  reason,
})
/** The headers of the dead letter of a message with these. */
async function headersOf(headers: object): Promise<Record<string, unknown>> {
  await deadLetter([poison({ headers })])
  return publish.mock.lastCall?.[0][0]?.options.headers as Record<string, unknown>
}

beforeEach(() => {
  jest.useFakeTimers({ now: new Date(now) })
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

afterEach(() => {
  jest.useRealTimers()
})

describe('deadLetter', () => {
  it('puts a message, as it is, into the dead-letter queue of its queue, and counts it', async () => {
    const properties = {
      messageId: 'm1',
      type: 'order.created',
      correlationId: 'r1',
      appId: 'other',
      contentType: 'text/plain',
      contentEncoding: 'identity',
    }
    const before = poisonMessages.of('stock-reduction').value

    await deadLetter([poison(properties)])

    const headers = { 'x-dead-letter-reason': 'not JSON', 'x-first-failed-at': now, 'x-attempts': 1 }
    expect(publish.mock.calls).toEqual([
      [
        [
          {
            exchange: 'shop.dead-letters',
            routingKey: 'stock-reduction.dead',
            content: Buffer.from('not JSON'),
            options: { ...properties, headers, persistent: true, mandatory: true },
          },
        ],
      ],
    ])
    expect(poisonMessages.of('stock-reduction').value - before).toBe(1)
  })

  it('keeps the headers of a message behind its own, when it failed first, and how often it was tried', async () => {
    const firstFailure = '2026-01-01T00:00:00.000Z'

    const headers = await headersOf({
      origin: headerBytes('Größe'),
      'x-dead-letter-reason': headerBytes('forged'),
      'x-first-failed-at': headerBytes(firstFailure),
      'x-delivery-count': 4,
    })

    expect(Object.entries(headers)).toEqual([
      ['x-dead-letter-reason', 'not JSON'],
      ['x-first-failed-at', firstFailure],
      ['x-attempts', 5],
      ['origin', 'Größe'],
      ['x-delivery-count', 4],
    ])
  })

  it.each([-1, 1.5, 2 ** 60, headerBytes('abc'), { toString: 1 }, null, [4]])(
    'trusts no count of somebody else: %j',
    async (count) => {
      const headers = { 'x-delivery-count': count, 'x-attempts': { toString: 1 } }

      expect(await headersOf(headers)).toMatchObject({ 'x-attempts': 1 })
    },
  )

  it.each([headerBytes('yesterday'), headerBytes(`${now}\n`), { toString: 1 }, 7, null])(
    'trusts no moment of somebody else: %j',
    async (moment) => {
      expect(await headersOf({ 'x-first-failed-at': moment })).toMatchObject({ 'x-first-failed-at': now })
    },
  )

  it('leaves out what can not be published again, and names it in the reason', async () => {
    const headers = await headersOf({
      large: headerBytes('v'.repeat(33_000)),
      'CC\n': 1,
      CC: [headerBytes('elsewhere')],
    })

    expect(headers).toEqual({
      'x-dead-letter-reason': 'not JSON; without large, CC',
      'x-first-failed-at': now,
      'x-attempts': 1,
      'CC\n': 1,
    })
  })

  it('has a reason of at most a kilobyte, whose last character is whole', async () => {
    await deadLetter([poison({}, `a${'ü'.repeat(1000)}`)])

    expect(publish.mock.calls[0]?.[0][0]?.options.headers?.['x-dead-letter-reason']).toBe(
      `a${'ü'.repeat(511)}`,
    )
  })

  it('does nothing when there is nothing to do', async () => {
    await deadLetter([])

    expect(publish).not.toHaveBeenCalled()
  })
})
