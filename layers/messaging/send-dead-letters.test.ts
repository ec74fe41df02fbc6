import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { poisonMessages } from '@stockroom/telemetry/shop-metrics'
import { headerBytes, rmqMessage } from '../../tests/support/rmq-event.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<typeof import('./publisher.ts').publish>()
jest.unstable_mockModule('./publisher.ts', () => ({ publish }))
const { deadLetter } = await import('./send-dead-letters.ts')

const now = '2026-11-21T10:00:00.000Z'
const poison = (headers: Record<string, unknown>, reason = 'not JSON') => ({
  queue: 'stock-reduction',
  message: rmqMessage({ text: 'not JSON', headers }),
  reason,
})
/** The headers of the dead letter of a message with these. */
async function headersOf(
  headers: Record<string, unknown>,
  reason?: string,
): Promise<Record<string, unknown>> {
  await deadLetter([poison(headers, reason)])
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
  it('counts each by its queue', async () => {
    const before = poisonMessages.of('stock-reduction').value

    await deadLetter([poison({}), poison({})])

    expect(poisonMessages.of('stock-reduction').value - before).toBe(2)
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

  it.each([
    ...[-1, 1.5, 2 ** 60, null, [4], { toString: 1 }],
    ...['abc', 'yesterday', `${now}\n`].map(headerBytes),
  ])('trusts no count and no moment of somebody else: %j', async (value) => {
    const headers = { 'x-delivery-count': value, 'x-first-failed-at': value, 'x-attempts': value }

    expect(await headersOf(headers)).toMatchObject({ 'x-attempts': 1, 'x-first-failed-at': now })
  })

  it('has a reason of at most a kilobyte, whose last character is whole', async () => {
    const headers = await headersOf({}, `a${'ü'.repeat(1000)}`)

    expect(headers['x-dead-letter-reason']).toBe(`a${'ü'.repeat(511)}`)
  })
})
