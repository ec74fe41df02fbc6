import { formatted, table } from '../figures/table.ts'
import { coresFor, monthlyCost, type OrderCost, type Prices, type Usage } from './capacity.ts'

/** Microseconds of CPU for each order: the larger of two measurements, which docs/scale.md has. */
const measured: OrderCost = { shop: 550, postgres: 356, rabbitmq: 262, redis: 14 }

/** Of that, what PostgreSQL does to place an order, as `npm run measure:order` found it on the same day. */
const placing = { shared: 18, alone: 663 }

/** On Lambda an environment has one request at a time, so each order is a commit of its own. */
const onLambda: OrderCost = { ...measured, postgres: measured.postgres - placing.shared + placing.alone }

/** A part that is busy for longer than this share of the time makes its queue grow long. */
const share = 0.6

const steps = [1000, 3000, 10_000, 30_000, 100_000]

/** us-east-1, in US dollars; docs/scale.md says where each is from, and which are assumed. */
const prices: Prices = {
  apiPerMillion: { first: 1, firstMillions: 300, further: 0.9 },
  lambdaPerMillion: 0.2,
  lambdaPerGigabyteSecond: 0.000_013_333_4,
  acuHour: 0.156,
  acusPerCore: 4,
  leastAcus: 2,
  proxyAcuHour: 0.015,
  databaseGigabyteMonth: 0.225,
  leastProxyAcus: 8,
  brokerCoreHour: 0.144,
  // mq.m7g.large to .16xlarge; prod has .xlarge.
  brokerNodeCores: [2, 4, 8, 16, 32, 48, 64],
  leastBrokerNodeCores: 4,
  cacheNodeHour: 0.126,
  cacheCoresPerNode: 2,
  endpointHours: 4 * 0.01,
  logsPerGigabyte: [
    { gigabytes: 10_000, price: 0.5 },
    { gigabytes: 20_000, price: 0.25 },
    { gigabytes: 20_000, price: 0.1 },
    { gigabytes: Infinity, price: 0.05 },
  ],
}

/** Two hours and a half a day; in the rest of it nothing happens. */
const peakShare = 0.1

const usageAt = (peak: number): Usage => ({
  peak,
  peakShare,
  orders: peak * peakShare * 730 * 3600,
  requestsPerOrder: 3,
  requestMs: 20,
  memoryGigabytes: 0.5,
  orderKilobytes: 0.53,
  months: 3,
  logKilobytes: 2,
})

/** Cores by step. */
export function coresTable(): string {
  return table(
    [
      { title: 'orders/s', align: 'right' },
      { title: 'shop', align: 'right' },
      { title: 'PostgreSQL', align: 'right' },
      { title: 'PostgreSQL, from Lambda', align: 'right' },
      { title: 'RabbitMQ', align: 'right' },
      { title: 'Redis', align: 'right' },
    ],
    steps.map((step) => {
      const { shop, postgres, rabbitmq, redis } = coresFor(step, measured, share)
      const alone = coresFor(step, onLambda, share).postgres
      return [
        formatted(step),
        ...[shop, postgres, alone, rabbitmq, redis].map((cores) => formatted(cores, 1)),
      ]
    }),
  )
}

/** Dollars a month by step. */
export function costTable(): string {
  const columns = [
    'HTTP API',
    'Lambda',
    'Aurora',
    'its storage',
    'RabbitMQ',
    'Valkey',
    'endpoints',
    'logs',
    'all',
  ]
  return table(
    [
      { title: 'orders/s at the peak', align: 'right' },
      { title: 'orders a month, millions', align: 'right' },
      ...columns.map((title) => ({ title, align: 'right' as const })),
    ],
    steps.map((step) => {
      const usage = usageAt(step)
      const { api, functions, database, storage, broker, cache, network, logs, total } = monthlyCost(
        usage,
        onLambda,
        share,
        prices,
      )
      const amounts = [api, functions, database, storage, broker, cache, network, logs, total]
      return [
        formatted(step),
        formatted(usage.orders / 1e6),
        ...amounts.map((amount) => `$${formatted(amount)}`),
      ]
    }),
  )
}

/** Everything that the calculation prints. */
export const report = (): string => `Cores, busy for ${formatted(share * 100)} % of the time:

${coresTable()}

US dollars a month, an estimate:

${costTable()}`

if (import.meta.main) console.log(report())
