import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { coresFor, monthlyCost, type Prices, type Usage } from './capacity.ts'
import { report } from './scale.ts'

const cost = { shop: 500, postgres: 250, rabbitmq: 200, redis: 10 }

const prices: Prices = {
  apiPerMillion: { first: 1, firstMillions: 300, further: 0.5 },
  lambdaPerMillion: 0.2,
  lambdaPerGigabyteSecond: 0.00001,
  acuHour: 0.1,
  acusPerCore: 4,
  leastAcus: 2,
  proxyAcuHour: 0.02,
  databaseGigabyteMonth: 0.1,
  brokerCoreHour: 0.1,
  brokerNodeCores: [2, 4, 8],
  leastBrokerNodeCores: 4,
  leastProxyAcus: 8,
  logsPerGigabyte: [
    { gigabytes: 500, price: 0.5 },
    { gigabytes: Infinity, price: 0.25 },
  ],
  cacheNodeHour: 0.2,
  cacheCoresPerNode: 2,
  endpointHours: 0.04,
}

const usage: Usage = {
  peak: 10_000,
  peakShare: 0.25,
  orders: 100e6,
  requestsPerOrder: 4,
  requestMs: 10,
  memoryGigabytes: 0.5,
  orderKilobytes: 2,
  logKilobytes: 2,
  months: 6,
}

describe('coresFor', () => {
  it('multiplies rate and cost, and leaves the rest of the time free', () => {
    expect(coresFor(10_000, cost, 0.5)).toEqual({ shop: 10, postgres: 5, rabbitmq: 4, redis: 0.2 })
  })
})

describe('monthlyCost', () => {
  const month = monthlyCost(usage, cost, 0.5, prices)

  it('counts requests, by tier', () => {
    // 400 million requests.
    expect(month.api).toBe(300 + 50)
    expect(month.functions).toBeCloseTo(80 + 400e6 * 0.01 * 0.5 * 0.00001)
  })

  it('sizes database, broker and cache for the peak, with their second and third', () => {
    const acus = 2 * (0.25 * 20 + 0.75 * 2)
    // At its smallest the database has 4 units, of which the proxy counts 8.
    const proxyAcus = 0.25 * 40 + 0.75 * 8
    expect(month.database).toBeCloseTo((acus * 0.1 + proxyAcus * 0.02) * 730)
    expect(month.broker).toBeCloseTo(3 * 4 * 0.1 * 730)
    expect(month.cache).toBeCloseTo(2 * 0.2 * 730)
  })

  it('takes nodes of a broker that there are, prod has at least', () => {
    const brokerOf = (peak: number) => monthlyCost({ ...usage, peak }, cost, 0.5, prices).broker

    // 400 µs of a core for each order.
    expect(brokerOf(1000)).toBeCloseTo(3 * 4 * 0.1 * 730)
    expect(brokerOf(10_001)).toBeCloseTo(3 * 8 * 0.1 * 730)
    // Two clusters.
    expect(brokerOf(30_000)).toBeCloseTo(2 * 3 * 8 * 0.1 * 730)
  })

  it('counts what is logged, by tier', () => {
    // 800 GB.
    expect(month.logs).toBeCloseTo(500 * 0.5 + 300 * 0.25)
  })

  it('counts what is stored', () => {
    expect(month.storage).toBeCloseTo(1200 * 0.1)
  })

  it('adds it up', () => {
    const { total, ...parts } = month

    expect(total).toBeCloseTo(Object.values(parts).reduce((sum, part) => sum + part, 0))
  })
})

it('docs/scale.md has what npm run simulate:scale prints', () => {
  const page = readFileSync('docs/scale.md', 'utf8')

  for (const table of report()
    .split('\n\n')
    .filter((part) => part.startsWith('|'))) {
    expect(page).toContain(table)
  }
})
