import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { currentDeadline } from '@stockroom/runtime/commit-deadline'
import { DeadlineExceeded } from '@stockroom/runtime/deadline'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import { unavailableAnswers } from '@stockroom/telemetry/shop-metrics'
import { problem, send, standardHeaders } from '../../tests/support/endpoint-promises.ts'
import type { HttpResponse } from './response.ts'

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

  it.each([undefined, '*/*', 'application/json', 'application/*', 'text/html'])(
    'are application/json to a client that accepts %s',
    async (accept) => {
      const answer = await send(refusing, { headers: accept ? { accept } : {} })

      expect(answer.headers['content-type']).toBe('application/json')
    },
  )

  it.each(['application/problem+json', 'text/html, Application/Problem+JSON;q=0.9, */*'])(
    'are application/problem+json to a client that accepts %s',
    async (accept) => {
      const answer = await send(refusing, { headers: { accept } })

      expect(answer.headers['content-type']).toBe('application/problem+json')
      expect(answer.body).toEqual(problem(409, 'insufficient-stock'))
    },
  )

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

  it('leave what succeeds as it is, even to a client that accepts problems', async () => {
    const succeeding = endpoint({}, async () => ({ statusCode: 200, headers: { 'x-mine': '1' }, body: '{}' }))

    const answer = await send(succeeding, { headers: { accept: 'application/problem+json' } })

    expect(answer).toEqual({
      statusCode: 200,
      headers: { ...standardHeaders, 'x-mine': '1', 'x-request-id': expect.any(String) },
      body: {},
    })
  })

  it.each([
    ['text', 'a string'],
    ['nothing', undefined],
    [
      'an error with a status of its own',
      Object.assign(new Error('secret'), { statusCode: 418, expose: true }),
    ],
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

  it('are the same for every request id, which each request has for itself', async () => {
    const ids = ['a', 'b', 'c']

    const answers = await Promise.all(ids.map((id) => send(refusing, { headers: { 'x-request-id': id } })))

    expect(answers.map(({ headers, body }) => [headers['x-request-id'], body.requestId])).toEqual(
      ids.map((id) => [id, id]),
    )
  })
})

describe('the deadline of an endpoint', () => {
  it('answers 503 with Retry-After within 2 s when the handler is silent', async () => {
    jest.useFakeTimers()
    const silent = endpoint({}, () => new Promise<HttpResponse>(() => {}))

    const answer = send(silent)
    await jest.advanceTimersByTimeAsync(2000)

    expect(await answer).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1' },
      body: problem(503, 'service-unavailable'),
    })
  })

  it('waits for a commit that has begun by then', async () => {
    jest.useFakeTimers()
    const committing = endpoint({}, async () => {
      currentDeadline()?.beginCommit()
      await new Promise((resolve) => setTimeout(resolve, 3000))
      return { statusCode: 201, headers: {}, body: '' }
    })

    const answer = send(committing)
    await jest.advanceTimersByTimeAsync(3000)

    expect(await answer).toMatchObject({ statusCode: 201 })
  })

  it('lets a handler take its time up to then', async () => {
    jest.useFakeTimers()
    const slow = endpoint({}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1800))
      return { statusCode: 200, headers: {}, body: '' }
    })

    const answer = send(slow)
    await jest.advanceTimersByTimeAsync(1800)

    expect(await answer).toMatchObject({ statusCode: 200 })
  })
})
