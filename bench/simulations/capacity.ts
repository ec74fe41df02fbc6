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
  /** What RDS Proxy counts at least. */
  leastProxyAcus: number
  databaseGigabyteMonth: number
  brokerCoreHour: number
  /** Cores of the nodes that there are, and of those that the smallest cluster has. */
  brokerNodeCores: number[]
  leastBrokerNodeCores: number
  cacheNodeHour: number
  cacheCoresPerNode: number
  endpointHours: number
  /** From the first gigabyte of a month on. */
  logsPerGigabyte: { gigabytes: number; price: number }[]
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
  /** Kilobytes that the gateway and the function log for a request. */
  logKilobytes: number
}

export interface MonthlyCost {
  api: number
  functions: number
  database: number
  storage: number
  broker: number
  cache: number
  network: number
  logs: number
  total: number
}

const hoursPerMonth = 730

/** An estimate of a month's bill, before discounts for commitments and without traffic. */
export function monthlyCost(
  {
    peak,
    peakShare,
    orders,
    requestsPerOrder,
    requestMs,
    memoryGigabytes,
    orderKilobytes,
    months,
    logKilobytes,
  }: Usage,
  cost: OrderCost,
  share: number,
  prices: Prices,
): MonthlyCost {
  const cores = coresFor(peak, cost, share)
  const millions = (orders * requestsPerOrder) / 1e6
  const { first, firstMillions, further } = prices.apiPerMillion
  const largest = Math.max(prices.leastAcus, cores.postgres * prices.acusPerCore)
  // Writer and reader.
  const [largestAcus, leastAcus] = [2 * largest, 2 * prices.leastAcus]
  const average = (atPeak: number, otherwise: number) => peakShare * atPeak + (1 - peakShare) * otherwise
  const proxied = (acus: number) => Math.max(prices.leastProxyAcus, acus)
  const cacheNodes = 2 * Math.max(1, Math.ceil(cores.redis / prices.cacheCoresPerNode))
  const parts = {
    api: Math.min(millions, firstMillions) * first + Math.max(0, millions - firstMillions) * further,
    functions:
      millions * prices.lambdaPerMillion +
      millions * 1e6 * (requestMs / 1000) * memoryGigabytes * prices.lambdaPerGigabyteSecond,
    database:
      (average(largestAcus, leastAcus) * prices.acuHour +
        average(proxied(largestAcus), proxied(leastAcus)) * prices.proxyAcuHour) *
      hoursPerMonth,
    storage: ((orders * orderKilobytes * months) / 1e6) * prices.databaseGigabyteMonth,
    broker: brokerCores(cores.rabbitmq, prices) * prices.brokerCoreHour * hoursPerMonth,
    cache: cacheNodes * prices.cacheNodeHour * hoursPerMonth,
    network: prices.endpointHours * hoursPerMonth,
    logs: tiered(millions * logKilobytes, prices.logsPerGigabyte),
  }
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}

/** A cluster has three nodes, and every message is written on each; where the largest is too small, there are several. */
function brokerCores(needed: number, { brokerNodeCores, leastBrokerNodeCores }: Prices): number {
  const clusters = Math.ceil(needed / Math.max(...brokerNodeCores))
  const node = brokerNodeCores.find(
    (cores) => cores >= leastBrokerNodeCores && cores >= needed / clusters,
  ) as number
  return 3 * clusters * node
}

function tiered(gigabytes: number, tiers: Prices['logsPerGigabyte']): number {
  let [left, sum] = [gigabytes, 0]
  for (const tier of tiers) {
    const inTier = Math.min(left, tier.gigabytes)
    sum += inTier * tier.price
    left -= inTier
  }
  return sum
}
