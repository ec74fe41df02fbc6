import { describe, expect, it, jest } from '@jest/globals'
import { lastSweep, outboxEvents, poisonMessages, settleSeconds } from '@stockroom/telemetry/shop-metrics'

const readBacklog = jest.fn<typeof import('@stockroom/messaging/backlog').readBacklog>()
jest.unstable_mockModule('@stockroom/messaging/backlog', () => ({ readBacklog }))
const { backlogMetrics, exposition, processMetrics } = await import('./process-metrics.ts')

poisonMessages.of('stock-reduction').add(2)
lastSweep.set(1000, 'publishPendingEvents')
for (const seconds of [0.004, 0.02, 400]) settleSeconds.of('confirmed').observe(seconds)

/** The lines of a metric, without its help. */
const linesOf = async (name: string, ...processes: Parameters<typeof exposition>[0]) =>
  (await exposition(processes)).split('\n').filter((line) => line.startsWith(name))

describe('the metrics of a process', () => {
  it('have counters', async () => {
    expect(await linesOf('stockroom_poison', await processMetrics())).toEqual([
      'stockroom_poison_messages_total{queue="stock-reduction"} 2',
    ])
  })

  it('have histograms, whose buckets hold those before them', async () => {
    const lines = await linesOf('stockroom_order_settle', await processMetrics())

    expect(lines).toEqual(
      expect.arrayContaining([
        'stockroom_order_settle_duration_seconds_bucket{status="confirmed",le="0.005"} 1',
        'stockroom_order_settle_duration_seconds_bucket{status="confirmed",le="0.01"} 1',
        'stockroom_order_settle_duration_seconds_bucket{status="confirmed",le="0.025"} 2',
        'stockroom_order_settle_duration_seconds_bucket{status="confirmed",le="300"} 2',
        'stockroom_order_settle_duration_seconds_bucket{status="confirmed",le="+Inf"} 3',
        'stockroom_order_settle_duration_seconds_sum{status="confirmed"} 400.024',
        'stockroom_order_settle_duration_seconds_count{status="confirmed"} 3',
      ]),
    )
    expect(lines).toHaveLength(17)
  })

  it('have those of Node.js', async () => {
    const text = await exposition([await processMetrics()])

    expect(text).toMatch(/^process_cpu_seconds_total \d/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \d/m)
    expect(text).toMatch(/^process_resident_memory_bytes \d/m)
  })
})

describe('the metrics of several processes', () => {
  it('have the highest value of a gauge', async () => {
    const one = await processMetrics()
    lastSweep.set(2000, 'publishPendingEvents')
    const other = await processMetrics()
    lastSweep.set(1000, 'publishPendingEvents')

    expect(await linesOf('stockroom_sweep', one, other, await processMetrics())).toEqual([
      'stockroom_sweep_last_success_timestamp_seconds{function="publishPendingEvents"} 2000',
    ])
  })

  it('are added up', async () => {
    const one = await processMetrics()

    expect(await linesOf('stockroom_poison', one, structuredClone(one))).toEqual([
      'stockroom_poison_messages_total{queue="stock-reduction"} 4',
    ])
    expect(await linesOf('stockroom_order_settle_duration_seconds_count', one, one)).toEqual([
      'stockroom_order_settle_duration_seconds_count{status="confirmed"} 6',
    ])
  })
})

it('the backlog is gauges; what could not be read is left out', async () => {
  readBacklog.mockResolvedValue([
    { gauge: outboxEvents, value: 3, labels: ['orders'] },
    { gauge: outboxEvents, value: 0, labels: ['products'] },
  ])

  const text = await exposition([await backlogMetrics()])

  expect(text).toBe(
    [
      '# HELP stockroom_outbox_events Events in an outbox that no broker has confirmed yet.',
      '# TYPE stockroom_outbox_events gauge',
      'stockroom_outbox_events{domain="orders"} 3',
      'stockroom_outbox_events{domain="products"} 0',
      '',
    ].join('\n'),
  )
})
