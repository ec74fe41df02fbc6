import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { currentInvocation } from '@stockroom/runtime/invocation'
import type { SpanStart, Tracing } from '@stockroom/telemetry/span'
import { apiEvent } from '../support/api-event.ts'
import { lambdaContext } from '../support/lambda-context.ts'
import { rmqEvent } from '../support/rmq-event.ts'

interface Recorded extends SpanStart {
  name: string
  outcome?: { error?: unknown; attributes?: object }
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const spans: Recorded[] = []
const tracing: Tracing = {
  startSpan(name, start) {
    const span: Recorded = { name, ...start }
    spans.push(span)
    const end = (outcome = {}) => Object.assign(span, { outcome })
    return { traceparent: `${traceparent.slice(0, 36)}${String(spans.length).padStart(16, '0')}-01`, end }
  },
  flush: async () => {},
}
process.env.LOG_LEVEL = 'silent'
jest.unstable_mockModule('@stockroom/telemetry/tracing', () => ({ tracing }))
const { observed } = await import('@stockroom/http/observed')
const { consumer } = await import('@stockroom/messaging/consumer')
const { orderCreated } = await import('@stockroom/messaging/events')
const { job } = await import('@stockroom/telemetry/job')

const context = lambdaContext({ functionName: 'doThing' })
const batch = rmqEvent({
  queue: 'stock-reduction',
  messages: [
    {
      type: 'order.created',
      headers: { traceparent },
      body: { orderId: 7, productId: 1, quantity: 1, totalPrice: 1, timestamp: '2026-11-21T12:00:00.000Z' },
    },
  ],
})

beforeEach(() => {
  spans.length = 0
})

describe('a request, while traces are exported', () => {
  const answer = (statusCode: number) =>
    observed(async () => ({ statusCode, headers: {}, body: String(currentInvocation()?.traceparent) }))

  it('is a span below its traceparent, under which the handler runs', async () => {
    const event = apiEvent({
      route: 'GET /things/{id}',
      headers: { traceparent, 'x-forwarded-proto': 'https' },
    })

    const { body } = await answer(200)(event, context)

    expect(spans).toMatchObject([
      {
        name: 'GET /things/{id}',
        kind: 'server',
        parent: traceparent,
        attributes: { 'http.route': '/things/{id}', 'url.scheme': 'https' },
        outcome: { attributes: { 'http.response.status_code': 200, 'stockroom.function': 'doThing' } },
      },
    ])
    expect(spans[0]?.outcome?.error).toBeUndefined()
    expect(body).toMatch(/-0{15}1-01$/)
  })

  it('has failed when it is answered with 5xx, and is named by its method where no route is known', async () => {
    await answer(503)(apiEvent({ route: undefined }), context)

    expect(spans).toMatchObject([{ attributes: { 'url.scheme': 'http' }, outcome: { error: '503' } }])
    expect(spans[0]?.name).not.toContain('/')
  })
})

describe('a batch, while traces are exported', () => {
  it('is a span, with one of each message in the trace of that', async () => {
    let seen: string | undefined

    await consumer([orderCreated], async () => {
      seen = currentInvocation()?.traceparent
    })(batch, context)

    expect(spans).toMatchObject([
      { name: 'process stock-reduction', links: [traceparent] },
      { name: 'process stock-reduction', parent: traceparent },
    ])
    expect(seen).toMatch(/-0{15}1-01$/)
  })

  it('has failed when its handler throws', async () => {
    const failure = new Error('away')

    const outcome = consumer([orderCreated], () => Promise.reject(failure))(batch, context)

    await expect(outcome).rejects.toBe(failure)
    expect(spans.map(({ outcome }) => outcome?.error)).toEqual([failure, failure])
  })
})

describe('a job, while traces are exported', () => {
  it('is a span of its own, which has failed when it throws', async () => {
    const failure = new Error('away')
    await job(async () => {})({}, context)

    await expect(job(() => Promise.reject(failure))({}, context)).rejects.toBe(failure)

    const own = { name: 'doThing', kind: 'internal' }
    expect(spans).toMatchObject([own, { ...own, outcome: { error: failure } }])
    expect(spans[0]?.outcome).not.toHaveProperty('error')
  })
})
