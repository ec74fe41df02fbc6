import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { OrderRequest } from '../../../functions/orders/placement-store.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { ownServices } from '../../support/own-services.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

const own = ownServices()

/** Who is refused at once still counts as waiting until the event loop has come round to it. */
const underWay = 100
/**
 * A second for a connection, then 1.7 s for the statement, and much slack for a busy machine; what a client waits at most
 * is the endpoint's to say.
 */
const longestWaitMs = 1000 + 1700 + 30_000

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof instanceAt>>
let waiting: number
let mostWaiting: number

/** An instance of its own whose database is at `url`. */
const instanceAt = (databaseUrl: string) =>
  anotherInstance({ ...own, databaseUrl }, async () => ({
    ...(await import('@stockroom/database/query')),
    ...(await import('@stockroom/database/database-health')),
    ...(await import('../../../functions/orders/order-placement.ts')),
  }))

beforeEach(async () => {
  delete process.env.DATABASE_TIMEOUT_MS
  waiting = 0
  mostWaiting = 0
  proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
  shop = await instanceAt(proxy.addressFor(own.databaseUrl))
})

afterEach(async () => {
  delete process.env.DATABASE_TIMEOUT_MS
  await proxy.close()
  await shop.shutDown()
})

const select = () => shop.query('orders', 'select 1 as one')
const request: OrderRequest = {
  draft: { productId: 7, quantity: 1, unitPrice: 1, totalPrice: 1, requestId: 'request-1' },
  idempotency: undefined,
}

/** What became of calls that come one right after the other: each with the milliseconds that it took. */
async function outcomesOf(count: number, work: () => Promise<unknown>) {
  const outcomes: Promise<{ outcome: string; ms: number }>[] = []
  for (let call = 0; call < count; call += 1) {
    outcomes.push(outcomeOf(work))
    await new Promise(setImmediate)
  }
  return Promise.all(outcomes)
}

async function outcomeOf(work: () => Promise<unknown>) {
  const begin = performance.now()
  waiting += 1
  mostWaiting = Math.max(mostWaiting, waiting)
  const outcome = await work().then(
    () => 'done',
    ({ name }) => name as string,
  )
  waiting -= 1
  return { outcome, ms: performance.now() - begin }
}

const fasterThan = (limitMs: number, outcomes: { ms: number }[]) =>
  outcomes.filter(({ ms }) => ms < limitMs).length

describe('when the database falls silent under a crowd', () => {
  beforeEach(async () => {
    await outcomesOf(10, select)
    proxy.fallSilent()
  })

  it('a bounded number of queries waits, and the others are Unavailable at once', async () => {
    const outcomes = await outcomesOf(4000, select)

    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['Unavailable']))
    expect(mostWaiting).toBeLessThanOrEqual(2005 + underWay)
    expect(fasterThan(longestWaitMs, outcomes)).toBe(4000)
  })

  it('a bounded number of orders waits, and only of those in the one commit that was under way nobody knows what became', async () => {
    const outcomes = await outcomesOf(6000, () => shop.placeOrder(request))

    const unknown = outcomes.filter(({ outcome }) => outcome === 'OutcomeUnknown')
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(
      new Set(['Unavailable', 'OutcomeUnknown']),
    )
    expect(unknown.length).toBeLessThanOrEqual(500)
    expect(mostWaiting).toBeLessThanOrEqual(2000 + 500 + underWay)
  })

  it('everybody is served again as soon as it speaks', async () => {
    await outcomesOf(1000, select)

    proxy.speak()
    await outcomesOf(10, select)
    const outcomes = await outcomesOf(150, select)

    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
  })
})

describe('a crowd of orders', () => {
  it('is placed in few commits when the database is well', async () => {
    const outcomes = await outcomesOf(1500, () => shop.placeOrder(request))

    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['done']))
  })
})

describe('while every connection of the pool is in use', () => {
  afterEach(() => {
    delete process.env.DATABASE_POOL_SIZE
  })

  it('health hears the database on a connection of its own', async () => {
    process.env.DATABASE_POOL_SIZE = '1'
    shop = await instanceAt(own.databaseUrl)
    const { promise: isRead, resolve: read } = Promise.withResolvers<void>()
    const crowd = shop.transaction('orders', async (trx) => {
      await shop.query(trx, 'select 1')
      await isRead
    })

    const answers = [await shop.databaseAnswers(), await shop.databaseAnswers()]

    read()
    await crowd
    expect(answers).toEqual([true, true])
  })
})

describe('DATABASE_TIMEOUT_MS', () => {
  it('is how long a statement may take', async () => {
    process.env.DATABASE_TIMEOUT_MS = '100'
    shop = await instanceAt(own.databaseUrl)

    const [sleeper] = await outcomesOf(1, () => shop.query('orders', 'select pg_sleep(5)'))

    expect(sleeper?.outcome).toBe('Unavailable')
    expect(sleeper?.ms).toBeLessThan(5000)
  })
})
