import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import type { Description } from '@stockroom/telemetry/metrics'
import * as shopMetrics from '@stockroom/telemetry/shop-metrics'

const document = readFileSync('docs/observability.md', 'utf8')
const metrics = (Object.values(shopMetrics) as (Description | object)[]).filter(
  (value): value is Description => 'cloudWatchName' in value,
)
const code = (text: string) => `\`${text}\``

it('docs/observability.md lists every metric, and no other', () => {
  const listed = document.split('\n').filter((line) => line.startsWith('| `stockroom_'))

  const rows = metrics.map(({ name, cloudWatchName, labels, help }) =>
    ['', code(name), code(cloudWatchName), labels.map(code).join(', '), help, ''].join(' | ').trim(),
  )
  expect(listed.map((line) => line.replaceAll(/\s+/g, ' ')).sort()).toEqual(
    rows.map((row) => row.replaceAll(/\s+/g, ' ')).sort(),
  )
})

it('counters are named as Prometheus wants it', () => {
  for (const { name } of shopMetrics.recorded.counters) expect(name).toMatch(/^stockroom_[a-z_]+_total$/)
  for (const { name } of shopMetrics.recorded.histograms) expect(name).toMatch(/_(seconds|messages|orders)$/)
})

it('every metric that grows is exported', () => {
  const exported = [...shopMetrics.recorded.counters, ...shopMetrics.recorded.histograms].map(
    ({ name }) => name,
  )
  const gauges = metrics.filter((metric) => 'set' in metric).map(({ name }) => name)

  expect([...exported, ...gauges].sort()).toEqual(metrics.map(({ name }) => name).sort())
})
