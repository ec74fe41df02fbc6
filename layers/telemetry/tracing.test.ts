import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'
import { OtlpCollector } from '../../tests/support/otlp-collector.ts'
import type { Tracing } from './span.ts'

process.env.LOG_LEVEL = 'silent'
const traceId = '0af7651916cd43dd8448eb211c80319c'
const parent = `00-${traceId}-b7ad6b7169203331-01`
let collector: OtlpCollector
let tracing: Tracing
beforeAll(async () => {
  collector = await OtlpCollector.start()
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
  process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-team=shop%20floor'
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=test'
  tracing = (await import('./tracing.ts')).tracing as Tracing
})

afterAll(async () => {
  await shutDown()
  await collector.stop()
})

beforeEach(() => {
  collector.spans.length = 0
  collector.requests.length = 0
})

describe('a span', () => {
  it('stands in the trace of its parent, with its kind, its attributes and its links', async () => {
    const other = '00-11111111111111111111111111111111-2222222222222222-01'
    const attributes = { 'stockroom.order.id': 7, 'http.route': undefined }

    const span = tracing.startSpan('process stock', { kind: 'consumer', parent, links: [other], attributes })
    span.end({ attributes: { outcome: 'sale' } })
    await tracing.flush()

    const [, , spanId = ''] = span.traceparent.split('-')
    expect(span.traceparent).toBe(`00-${traceId}-${spanId}-01`)
    expect(collector.spans).toEqual([
      {
        traceId,
        spanId,
        parentSpanId: 'b7ad6b7169203331',
        name: 'process stock',
        kind: 'consumer',
        attributes: { 'stockroom.order.id': 7, outcome: 'sale' },
        links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16) }],
        hasFailed: false,
        resource: expect.objectContaining({
          'service.name': 'stockroom',
          'deployment.environment.name': 'test',
        }),
      },
    ])
  })

  it('is not recorded where its caller does not record', async () => {
    const span = tracing.startSpan('quiet', { kind: 'server', parent: parent.replace(/01$/, '00') })
    span.end()
    await tracing.flush()

    expect(span.traceparent).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`))
    expect(collector.spans).toEqual([])
  })

  it('says that it has failed, and of what kind the error was', async () => {
    const errors = [new TypeError('no'), 'unconfirmed']

    for (const error of errors) tracing.startSpan('one', { kind: 'internal' }).end({ error })
    await tracing.flush()

    expect(collector.spans).toMatchObject(
      ['TypeError', 'unconfirmed'].map((type) => ({
        parentSpanId: undefined,
        hasFailed: true,
        attributes: { 'error.type': type },
      })),
    )
  })
})

describe('the export', () => {
  it('goes to the path of traces, with the headers of the environment', async () => {
    tracing.startSpan('any', { kind: 'internal' }).end()
    await tracing.flush()

    const headers = { 'content-type': 'application/json', 'x-team': 'shop floor' }
    expect(collector.requests).toMatchObject([{ path: '/v1/traces', headers }])
  })

  it('that fails is given up, and holds nobody up', async () => {
    collector.status = 400
    tracing.startSpan('lost', { kind: 'internal' }).end()

    await tracing.flush()
    collector.status = 200

    expect(collector.requests).toHaveLength(1)
  })
})

describe('wantsTracing', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

  it.each([
    ['the endpoint is set', true, endpoint],
    ['the endpoint of traces is set', true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1/traces' }],
    ['nothing is set', false, {}],
    ['the endpoint is empty', false, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['OpenTelemetry is disabled', false, { ...endpoint, OTEL_SDK_DISABLED: 'True' }],
    ['traces have no exporter', false, { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }],
  ])('when %s: %s', async (_, wanted, environment) => {
    const { wantsTracing } = await import('./tracing.ts')

    expect(wantsTracing(environment)).toBe(wanted)
  })
})

describe('a process of its own', () => {
  const run = (script: string, environment: Record<string, string>) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: '', LOG_LEVEL: '', ...environment },
      encoding: 'utf8',
    })
  const loaded = `
    import module from 'node:module'
    await import('./functions/orders/create-order.ts')
    await import('./functions/orders/settle-order-on-stock-outcome.ts')
    const names = ['@opentelemetry', '@aws-lambda-powertools', 'prom-client', 'pino-pretty']
    console.log(names.filter((name) => Object.keys(module._cache).some((path) => path.includes(name))).join())
    process.exit()
  `

  it.each([
    ['nothing for exports that it does not make', '', '\n'],
    ['OpenTelemetry for traces alone', 'http://127.0.0.1:9', '@opentelemetry\n'],
  ])('loads %s', (_, endpoint, names) => {
    expect(run(loaded, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(names)
  })

  const exportsOne = `
    const { tracing } = await import('@stockroom/telemetry/tracing')
    const span = tracing.startSpan('one', { kind: 'internal' })
    span.end()
    await tracing.flush()
    console.log(span.traceparent)
    process.exit()
  `
  const one = (environment: Record<string, string>) =>
    run(exportsOne, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...environment })

  it('samples as OTEL_TRACES_SAMPLER says', () => {
    expect(one({ OTEL_TRACES_SAMPLER: 'always_off' })).toMatch(/-00\n$/)
  })

  it('says once in its log that no collector takes its traces, and what is wrong with a variable', () => {
    const output = one({ OTEL_TRACES_SAMPLER: 'sometimes', OTEL_EXPORTER_OTLP_TIMEOUT: '300' })

    expect(output).toContain('OpenTelemetry: OTEL_TRACES_SAMPLER value \\"sometimes\\" invalid')
    expect(output.match(/traces are not exported/g)).toHaveLength(1)
  })
})
