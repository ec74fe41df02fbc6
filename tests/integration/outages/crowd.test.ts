import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { anotherInstance } from '../../support/another-instance.ts'
import { ownServices } from '../../support/own-services.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

// How long the database may keep a caller waiting is what these tests are about.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()

/** Who is refused at once still counts as waiting until the event loop has come round to it. */
const underWay = 100

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof startInstance>>

/** An instance of its own, with these settings beside the address of the proxy. */
async function startInstance(settings: Record<string, string> = {}) {
  Object.assign(process.env, settings)
  const databaseUrl = proxy.addressFor(own.databaseUrl)
  const instance = await anotherInstance({ ...own, databaseUrl }, async () => ({
    ...(await import('@stockroom/database/query')),
    ...(await import('@stockroom/database/database-health')),
    ...(await import('../../../functions/orders/order-placement.ts')),
  }))
  for (const name of Object.keys(settings)) delete process.env[name]
  return instance
}

beforeEach(async () => {
  proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
})

afterEach(async () => {
  await proxy.close()
  await shop.shutDown()
})

const select = () => shop.query('orders', 'select 1 as one')
const draft = { productId: 7, quantity: 1, unitPrice: 1, totalPrice: 1, requestId: 'request-1' }

/** What becomes of calls that come one right after the other, and how many of them wait at once. */
async function crowd(count: number, work: () => Promise<unknown>) {
  let waiting = 0
  let mostWaiting = 0
  const outcomes: Promise<string>[] = []
  for (let call = 0; call < count; call += 1) {
    waiting += 1
    mostWaiting = Math.max(mostWaiting, waiting)
    const outcome = work().then(
      () => 'done',
      ({ name }) => name as string,
    )
    outcomes.push(
      outcome.finally(() => {
        waiting -= 1
      }),
    )
    await new Promise(setImmediate)
  }
  return { outcomes: await Promise.all(outcomes), mostWaiting }
}

describe('when the database falls silent under a crowd', () => {
  beforeEach(async () => {
    shop = await startInstance()
    await crowd(10, select)
    proxy.fallSilent()
  })

  it('a bounded number of queries waits, the others are Unavailable at once, and everybody is served again as soon as it speaks', async () => {
    const { outcomes, mostWaiting } = await crowd(4000, select)
    proxy.speak()
    await crowd(10, select)
    const afterwards = await crowd(150, select)

    expect(new Set(outcomes)).toEqual(new Set(['Unavailable']))
    expect(mostWaiting).toBeLessThanOrEqual(2005 + underWay)
    expect(new Set(afterwards.outcomes)).toEqual(new Set(['done']))
  })

  it('a bounded number of orders waits, and only of those in the one commit that was under way nobody knows what became', async () => {
    const { outcomes, mostWaiting } = await crowd(6000, () =>
      shop.placeOrder({ draft, idempotency: undefined }),
    )

    const unknown = outcomes.filter((outcome) => outcome === 'OutcomeUnknown')
    expect(new Set(outcomes)).toEqual(new Set(['Unavailable', 'OutcomeUnknown']))
    expect(unknown.length).toBeLessThanOrEqual(500)
    expect(mostWaiting).toBeLessThanOrEqual(2000 + 500 + underWay)
  })
})

it('while every connection of the pool is in use, health hears the database on a connection of its own', async () => {
  shop = await startInstance({ DATABASE_POOL_SIZE: '1' })
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>()
  const holding = shop.transaction('orders', async (trx) => {
    await shop.query(trx, 'select 1')
    await isRead
  })

  const answers = [await shop.databaseAnswers(), await shop.databaseAnswers()]

  read()
  await holding
  expect(answers).toEqual([true, true])
})

it('DATABASE_TIMEOUT_MS is how long a statement may take', async () => {
  shop = await startInstance({ DATABASE_TIMEOUT_MS: '100' })

  await expect(shop.query('orders', 'select pg_sleep(60)')).rejects.toMatchObject({ name: 'Unavailable' })
})
