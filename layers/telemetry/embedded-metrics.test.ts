import { beforeEach, expect, it, jest } from '@jest/globals'

process.env.POWERTOOLS_DEV = 'true' // it writes by console.log then,
process.env.POWERTOOLS_METRICS_DISABLED = 'false' // and would not at all without this
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Shops'
const { EmbeddedMetrics } = await import('./embedded-metrics.ts')
const { commitSizes, requests, settleSeconds } = await import('./shop-metrics.ts')

const log = jest.spyOn(console, 'log')
const lines = () => log.mock.calls.map(([line]) => JSON.parse(line))

beforeEach(() => {
  log.mockReset().mockReturnValue(undefined)
})

it('writes what was recorded once, in lines that CloudWatch reads, one for each set of labels', () => {
  const metrics = new EmbeddedMetrics()
  const labels = { method: 'POST', route: '/orders', status: '202' }
  metrics.record(requests, labels, 1)
  metrics.record(commitSizes, {}, 3)

  metrics.write()
  metrics.write()

  const metadata = (name: string, unit: string, dimensions: string[]) => ({
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      { Namespace: 'Shops', Dimensions: [['service', ...dimensions]], Metrics: [{ Name: name, Unit: unit }] },
    ],
  })
  expect(lines()).toEqual([
    {
      _aws: metadata('HttpRequests', 'Count', ['method', 'route', 'status']),
      service: 'stockroom',
      ...labels,
      HttpRequests: 1,
    },
    { _aws: metadata('OrderCommitOrders', 'Count', []), service: 'stockroom', OrderCommitOrders: 3 },
  ])
})

it('keeps all values of a batch, at most a hundred in a line', () => {
  const metrics = new EmbeddedMetrics()
  const values = Array.from({ length: 250 }, (_, index) => index / 100)
  for (const value of values) metrics.record(settleSeconds, { status: 'confirmed' }, value)

  metrics.write()

  const written = lines().map(({ OrderSettleDuration }) => OrderSettleDuration)
  expect(written.map(({ length }) => length)).toEqual([100, 100, 50])
  expect(written.flat()).toEqual(values)
})
