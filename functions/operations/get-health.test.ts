import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const databaseAnswers = jest.fn<() => Promise<boolean>>()
const cacheAnswers = jest.fn<() => Promise<boolean>>()
const brokerAnswers = jest.fn<() => Promise<boolean>>()
const unconsumedQueues = jest.fn<() => Promise<string[]>>()
jest.unstable_mockModule('@stockroom/messaging/consumer-health', () => ({ unconsumedQueues }))
jest.unstable_mockModule('@stockroom/database/database-health', () => ({ databaseAnswers }))
jest.unstable_mockModule('@stockroom/cache/cache-health', () => ({ cacheAnswers }))
jest.unstable_mockModule('@stockroom/messaging/broker-health', () => ({ brokerAnswers }))
const { handler } = await import('./get-health.ts')

const isUp = { database: 'up', cache: 'up', broker: 'up' }

beforeEach(() => {
  for (const answers of [databaseAnswers, cacheAnswers, brokerAnswers]) answers.mockResolvedValue(true)
  unconsumedQueues.mockResolvedValue([])
})

describe('GET /health', () => {
  itKeepsTheEndpointPromises(handler, { request: { route: 'GET /health' } })

  it.each([
    [200, 'healthy', isUp],
    [200, 'degraded', { database: 'up', cache: 'down', broker: 'up' }],
    [200, 'degraded', { database: 'up', cache: 'up', broker: 'down' }],
    [503, 'unhealthy', { database: 'down', cache: 'up', broker: 'up' }],
  ])('answers %d %s when %j', async (statusCode, status, words) => {
    databaseAnswers.mockResolvedValue(words.database === 'up')
    cacheAnswers.mockResolvedValue(words.cache === 'up')
    brokerAnswers.mockResolvedValue(words.broker === 'up')

    const answer = await send(handler)

    expect(answer.statusCode).toBe(statusCode)
    expect(answer.body).toEqual({ status, timestamp: expect.any(String), services: words })
    expect(new Date(answer.body.timestamp).toISOString()).toBe(answer.body.timestamp)
  })

  it('is degraded while nobody consumes a queue, and says which', async () => {
    unconsumedQueues.mockResolvedValue(['stock-reduction', 'order-settlement'])

    const answer = await send(handler, { route: 'GET /health' })

    expect(answer).toMatchObject({ statusCode: 200, body: { status: 'degraded', services: isUp } })
    expect(answer.body.warnings).toEqual([
      'Nobody consumes stock-reduction: its messages wait.',
      'Nobody consumes order-settlement: its messages wait.',
    ])
  })
})
