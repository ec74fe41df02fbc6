/** Microseconds of CPU that an order costs each part, from its request to its settlement. */
export interface OrderCost {
  shop: number
  postgres: number
  rabbitmq: number
  redis: number
}

/** Cores that each part needs for `perSecond` orders, so that they are busy for `share` of the time. */
export function coresFor(perSecond: number, cost: OrderCost, share: number): OrderCost {
  const cores = (microseconds: number) => (perSecond * microseconds) / 1e6 / share
  return {
    shop: cores(cost.shop),
    postgres: cores(cost.postgres),
    rabbitmq: cores(cost.rabbitmq),
    redis: cores(cost.redis),
  }
}

/** US dollars, in us-east-1; docs/scale.md says where each comes from. */
export interface Prices {
  apiPerMillion: { first: number; firstMillions: number; further: number }
  lambdaPerMillion: number
  lambdaPerGigabyteSecond: number
  acuHour: number
  acusPerCore: number
  leastAcus: number
  proxyAcuHour: number
  /** RDS Proxy costs as for so many units, however few its database has. */
  proxyLeastAcus: number
  databaseGigabyteMonth: number
  brokerCoreHour: number
  cacheNodeHour: number
  cacheCoresPerNode: number
  endpointHours: number
}

/** How the shop is used in a month. */
export interface Usage {
  /** Orders a second at the peak, for which database, broker and cache are sized. */
  peak: number
  /** Share of the month in which the peak lasts; the database is small in the rest of it. */
  peakShare: number
  /** Orders a month. */
  orders: number
  /** Requests that come with an order, itself included. */
  requestsPerOrder: number
  /** Milliseconds that a function runs for a request, and its memory in gigabytes. */
  requestMs: number
  memoryGigabytes: number
  /** Kilobytes that an order leaves in the database with its indexes, and for how many months it stays. */
  orderKilobytes: number
  months: number
}

export interface MonthlyCost {
  api: number
  functions: number
  database: number
  storage: number
  broker: number
  cache: number
  network: number
  total: number
}

const hoursPerMonth = 730

/** An estimate of a month's bill, before discounts for commitments and without traffic and logs. */
export function monthlyCost(
  { peak, peakShare, orders, requestsPerOrder, requestMs, memoryGigabytes, orderKilobytes, months }: Usage,
  cost: OrderCost,
  share: number,
  prices: Prices,
): MonthlyCost {
  const cores = coresFor(peak, cost, share)
  const millions = (orders * requestsPerOrder) / 1e6
  const { first, firstMillions, further } = prices.apiPerMillion
  const largest = Math.max(prices.leastAcus, cores.postgres * prices.acusPerCore)
  const average = (peakUnits: number, units: number) => peakShare * peakUnits + (1 - peakShare) * units
  // Writer and reader.
  const acus = 2 * average(largest, prices.leastAcus)
  const proxied = average(
    Math.max(prices.proxyLeastAcus, largest),
    Math.max(prices.proxyLeastAcus, prices.leastAcus),
  )
  // A cluster has three nodes, and every message is written on each.
  const broker = 3 * Math.max(2, cores.rabbitmq)
  const cacheNodes = 2 * Math.max(1, Math.ceil(cores.redis / prices.cacheCoresPerNode))
  const parts = {
    api: Math.min(millions, firstMillions) * first + Math.max(0, millions - firstMillions) * further,
    functions:
      millions * prices.lambdaPerMillion +
      millions * 1e6 * (requestMs / 1000) * memoryGigabytes * prices.lambdaPerGigabyteSecond,
    database: (acus * prices.acuHour + proxied * prices.proxyAcuHour) * hoursPerMonth,
    storage: ((orders * orderKilobytes * months) / 1e6) * prices.databaseGigabyteMonth,
    broker: broker * prices.brokerCoreHour * hoursPerMonth,
    cache: cacheNodes * prices.cacheNodeHour * hoursPerMonth,
    network: prices.endpointHours * hoursPerMonth,
  }
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}
