import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { queues } from '@stockroom/messaging/topology'
import { eventually } from '../../../bench/processes/eventually.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { type CollectedSpan, OtlpCollector } from '../../support/otlp-collector.ts'
import { ShopClient } from '../../support/shop-client.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
const secrets = {
  adminKey: 'the-admin-key-is-secret',
  wrongKey: 'a-wrong-key-is-somebody-elses',
  idempotencyKey: 'an-idempotency-key-is-private',
  name: 'A name out of a body',
  collectorKey: 'the-key-of-the-collector',
}

let collector: OtlpCollector
let shop: EmbeddedShop
let client: ShopClient
let orderId: number
let requestId: string

/** The log of the shop, line by line. */
const log = () =>
  shop.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** The values of a metric, by its labels. */
async function metric(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${shop.url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = '', value] = /^\w+(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      return [labels, Number(value)]
    }),
  )
}

/** The names of spans from the root down, each below its parent. */
function tree(spans: CollectedSpan[], parentSpanId: string | undefined, depth = 0): string[] {
  return spans
    .filter((span) => span.parentSpanId === parentSpanId)
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.kind} ${span.name}`,
      ...tree(spans, span.spanId, depth + 1),
    ])
}

beforeAll(async () => {
  collector = await OtlpCollector.start()
  shop = await EmbeddedShop.create()
  Object.assign(shop.environment, {
    LOG_LEVEL: 'trace',
    ADMIN_API_KEY: secrets.adminKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secrets.collectorKey}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  })
  await shop.start()
  client = new ShopClient(shop.url)

  const admin = { 'x-api-key': secrets.adminKey }
  const product = { name: secrets.name, price: 19.99, qty: 5 }
  const { body } = await client.send<{ id: number }>('POST', '/products', product, admin)
  await client.send('POST', '/products', product, { 'x-api-key': secrets.wrongKey })
  const order = { productId: body.id, quantity: 2 }
  const headers = { traceparent, 'idempotency-key': secrets.idempotencyKey }
  const accepted = await client.send<{ id: number }>('POST', '/orders', order, headers)
  await client.send('POST', '/orders', { ...order, quantity: 3, note: secrets.name })
  await client.get('/nowhere')
  await client.get('/not/here')
  orderId = accepted.body.id
  requestId = accepted.headers.get('x-request-id') as string
  await client.settled(orderId)
})

afterAll(async () => {
  await shop.remove()
  await collector.stop()
})

describe('a trace', () => {
  it('goes from the request to the stock change and on to the settlement', async () => {
    const flow = [
      'server POST /orders',
      '  producer send shop.events:order.created',
      '    consumer process stock-reduction',
      '      producer send shop.events:stock.reduced',
      '        consumer process order-settlement',
      '          producer send shop.events:order.confirmed',
    ]
    const shown = () =>
      tree(collector.trace(traceId), '00f067aa0ba902b7').filter((line) => flow.includes(line))
    await eventually(() => shown().length >= flow.length)

    const spans = collector.trace(traceId)
    expect(shown()).toEqual(flow)
    expect(spans.filter(({ hasFailed }) => hasFailed)).toEqual([])
    expect(spans.find(({ kind }) => kind === 'server')).toMatchObject({
      resource: { 'service.name': 'stockroom' },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'http.response.status_code': 202,
        'stockroom.function': 'stockroom-dev-createOrder',
        'stockroom.request.id': requestId,
        'stockroom.order.id': orderId,
      },
    })
  })
})

describe('the log', () => {
  it('leads from the request to the settlement of its order, by the trace, the request and the order', async () => {
    const whole = [
      ['stockroom-dev-createOrder', 'POST /orders 202'],
      ['stockroom-dev-reduceStock', 'order.created handled'],
      ['stockroom-dev-settleOrder', 'stock.reduced handled'],
    ]
    const story = (member: string, value: unknown) =>
      log()
        .filter((line) => line[member] === value && whole.some(([name]) => name === line.function))
        .map((line) => [line.function, line.msg])

    await eventually(() => story('traceId', traceId).length === 3)

    expect(story('traceId', traceId)).toEqual(whole)
    expect(story('requestId', requestId)).toEqual(whole)
    expect(story('orderId', orderId)).toEqual(expect.arrayContaining(whole))
  })

  it('has no word of a body and no secret in it, at its most talkative, nor have the traces', () => {
    expect(log().length).toBeGreaterThan(10)
    expect(collector.spans.length).toBeGreaterThan(10)
    expect(collector.requests[0]?.headers.authorization).toBe(secrets.collectorKey)
    for (const secret of Object.values(secrets)) {
      expect(shop.output).not.toContain(secret)
      expect(JSON.stringify(collector.spans)).not.toContain(secret)
    }
  })
})

describe('GET /metrics', () => {
  it('counts requests by route and status, and every unknown route as one, in a text that Prometheus reads', async () => {
    const { status, headers } = await fetch(`${shop.url}/metrics`)

    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(await metric('stockroom_http_requests_total')).toMatchObject({
      'method="POST",route="/orders",status="202"': 1,
      'method="POST",route="/orders",status="400"': 1,
      'method="any",route="unknown",status="404"': 2,
    })
    expect(await metric('stockroom_http_request_duration_seconds_count')).toMatchObject({
      'method="POST",route="/orders"': 2,
      'method="any",route="unknown"': 2,
    })
  })

  it('tells of settling, batches, commits, caches and events', async () => {
    await eventually(
      async () =>
        (await metric('stockroom_events_published_total'))['event="order.confirmed",result="confirmed"'] ===
        1,
    )

    expect(await metric('stockroom_order_settle_duration_seconds_count')).toEqual({ 'status="confirmed"': 1 })
    expect(await metric('stockroom_consumer_batch_messages_sum')).toMatchObject({
      'queue="stock-reduction"': 1,
      'queue="order-settlement"': 1,
    })
    expect(await metric('stockroom_order_commit_orders_sum')).toEqual({ '': 1 })
    const reads = await metric('stockroom_cache_reads_total')
    expect(Object.keys(reads)).toEqual(expect.arrayContaining(['cache="products",result="hit"']))
  })

  it('tells what waits in outboxes and queues, and among the dead letters', async () => {
    await eventually(async () => (await metric('stockroom_outbox_events'))['domain="orders"'] === 0)

    expect(await metric('stockroom_outbox_oldest_age_seconds')).toEqual({
      'domain="products"': 0,
      'domain="orders"': 0,
    })
    const empty = Object.fromEntries(Object.keys(queues).map((queue) => [`queue="${queue}"`, 0]))
    expect(await metric('stockroom_queue_messages')).toEqual(empty)
    expect(await metric('stockroom_dead_letter_messages')).toEqual(empty)
  })

  it('tells when each sweep last succeeded, and that the broker takes messages', async () => {
    const sweeps = ['publishPendingEvents', 'reannouncePendingOrders', 'purgeIdempotencyKeys']

    const swept = await eventually(async () => {
      const values = await metric('stockroom_sweep_last_success_timestamp_seconds')
      return Object.keys(values).length === sweeps.length && values
    })

    expect(Object.keys(swept)).toEqual(expect.arrayContaining(sweeps.map((name) => `function="${name}"`)))
    for (const at of Object.values(swept)) expect(at).toBeCloseTo(Date.now() / 1000, -3)
    expect(await metric('stockroom_broker_blocked')).toEqual({ '': 0 })
  })
})
