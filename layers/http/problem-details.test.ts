import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { DeadlineExceeded } from '@stockroom/runtime/deadline'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import { unavailableAnswers } from '@stockroom/telemetry/shop-metrics'
import { problem, send, standardHeaders } from '../../tests/support/endpoint-promises.ts'
import { json } from './response.ts'

process.env.LOG_LEVEL = 'silent'
const { endpoint } = await import('./endpoint.ts')
const { Problem } = await import('./problem.ts')

const failing = (error: unknown) =>
  endpoint({}, async () => {
    throw error
  })
const refusing = failing(
  new Problem('insufficient-stock', 'Only 2 are left.', { cause: new Error('select 1') }),
)

afterEach(() => {
  jest.useRealTimers()
})

describe('problem details', () => {
  it('have every member that RFC 9457 and the shop promise, and none that is internal', async () => {
    const answer = await send(refusing, { headers: { 'x-request-id': 'r1' } })

    expect(answer.statusCode).toBe(409)
    expect(answer.body).toEqual({
      ...problem(409, 'insufficient-stock'),
      detail: 'Only 2 are left.',
      requestId: 'r1',
    })
  })

  it.each([
    [undefined, 'application/json'],
    ['application/*', 'application/json'],
    ['application/problem+json', 'application/problem+json'],
    ['text/html, Application/Problem+JSON;q=0.9, */*', 'application/problem+json'],
  ])('are, to a client that accepts %s, %s', async (accept, type) => {
    const answer = await send(refusing, { headers: accept ? { accept } : {} })

    expect(answer.headers['content-type']).toBe(type)
    expect(answer.body).toEqual(problem(409, 'insufficient-stock'))
  })

  it.each([
    ['database', new Unavailable('database', 'connection refused')],
    ['broker', new Unavailable('broker', 'not connected')],
    ['timeout', new DeadlineExceeded('No answer within 1900 ms')],
  ])('count a 503 by what was away: %s', async (service, error) => {
    const counter = unavailableAnswers.of(service)
    const before = counter.value

    const answer = await send(failing(error))

    expect([answer.statusCode, counter.value - before]).toEqual([503, 1])
  })

  it.each([
    ['text', 'a string'],
    ['a status of its own', Object.assign(new Error('secret'), { statusCode: 418, expose: true })],
  ])('say 500 and nothing internal when a handler throws %s', async (_, thrown) => {
    const answer = await send(failing(thrown))

    expect(answer.statusCode).toBe(500)
    expect(answer.body).toEqual(problem(500, 'internal-error'))
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|a string/)
  })

  it('say that the outcome is unknown, and not to try again blindly, when the database was lost in a commit', async () => {
    const answer = await send(failing(new OutcomeUnknown(new Error('read ECONNRESET 10.0.0.7:5432'))))

    expect(answer.statusCode).toBe(500)
    expect(answer.body).toEqual(problem(500, 'outcome-unknown'))
    expect(answer.headers).not.toHaveProperty('retry-after')
    expect(JSON.stringify(answer.body)).not.toMatch(/10\.0\.0\.7|ECONN/)
  })
})

describe('the deadline of an endpoint', () => {
  it('leaves a handler almost two seconds, and then answers 503 with Retry-After', async () => {
    jest.useFakeTimers()
    const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    const taking = (ms: number) => endpoint({}, () => after(ms).then(() => json(200, {}, { 'x-mine': '1' })))

    const answers = Promise.all([1800, 5000].map((ms) => send(taking(ms))))
    await jest.advanceTimersByTimeAsync(2000)

    expect(await answers).toMatchObject([
      { statusCode: 200, headers: { ...standardHeaders, 'x-mine': '1' } },
      { statusCode: 503, headers: { 'retry-after': '1' }, body: problem(503, 'service-unavailable') },
    ])
  })
})
