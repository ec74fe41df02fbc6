import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { currentInvocation, noteOrder } from '@stockroom/runtime/invocation'
import { requestSeconds, requests } from '@stockroom/telemetry/shop-metrics'
import { apiEvent } from '../../tests/support/api-event.ts'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const lines: Record<string, unknown>[] = []
const log = { isLevelEnabled: () => true, debug: (fields: object, message: string) => note(fields, message) }
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log }))
const { observed } = await import('./observed.ts')

function note(fields: object, msg: string) {
  const { requestId, traceparent, functionName, orderId } = currentInvocation() ?? {}
  lines.push({ ...fields, requestId, traceparent, functionName, orderId, msg })
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const endpoint = (statusCode: number) =>
  observed(async () => {
    noteOrder(7)
    return { statusCode, headers: {}, body: '' }
  })
const ask = (route: string | undefined, { status = 200, headers = {} } = {}) =>
  endpoint(status)(apiEvent({ route, headers }), lambdaContext({ functionName: 'getThing' }))
const counted = () =>
  [...requests.metrics()].map(({ labels, value }) => [...Object.values(labels), value].join(' '))

beforeEach(() => {
  lines.length = 0
})

it('a trace begins where a request has none that is well formed, each time another one', async () => {
  await ask('GET /things/{id}')
  await ask('GET /things/{id}', { headers: { traceparent: traceparent.slice(0, -3) } })

  const [first, second] = lines.map((line) => line.traceparent)
  expect(first).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
  expect(second).not.toBe(first)
  expect(second).not.toContain(traceparent.slice(3, 35))
})

describe('the metrics of a request', () => {
  it('count answers by method, route and status; every unknown route is the same one, in the log, too', async () => {
    const before = counted()

    await ask('GET /counted/{id}')
    await ask('GET /counted/{id}')
    await ask('GET /counted/{id}', { status: 503 })
    await ask('$default', { status: 404 })
    await ask('what a stranger has made up', { status: 404 })
    await ask(undefined, { status: 404 })

    expect(lines.at(-2)).toMatchObject({ msg: 'unknown route 404' })
    expect(before).not.toContain('any unknown 404 3')
    expect(counted()).toEqual(
      expect.arrayContaining(['GET /counted/{id} 200 2', 'GET /counted/{id} 503 1', 'any unknown 404 3']),
    )
  })

  it('measure how long it took', async () => {
    jest.spyOn(performance, 'now').mockReturnValueOnce(1000).mockReturnValueOnce(3500)

    await ask('GET /slow')

    expect(requestSeconds.of('GET', '/slow').sum).toBe(2.5)
  })
})

it('the log line of a request names route, duration, function, request, trace and order, and no more', async () => {
  await ask('GET /things/{id}', {
    headers: { traceparent, 'x-request-id': 'r1', 'x-api-key': 'a secret' },
  })

  const msg = 'GET /things/{id} 200'
  const ids = { requestId: 'r1', traceparent, functionName: 'getThing', orderId: 7 }
  expect(lines).toEqual([{ ms: expect.any(Number), ...ids, msg }])
})
