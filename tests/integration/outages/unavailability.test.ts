import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { send } from '../../support/endpoint-promises.ts'
import { lockRow } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'
import { startSilentServer, TcpProxy } from '../../support/tcp-proxy.ts'
import { timed } from '../../support/timed.ts'

// What the database may keep a caller waiting for is what these tests are about.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()

// The contract's limits, which the fault suite measures. Here it counts that nobody waits for ever, however busy the machine is.
const slackMs = 10_000
const refusedWithinMs = 100 + slackMs
const silentWithinMs = 2000 + slackMs

const unavailable = 'Unavailable: database'
const one = [{ one: 1 }]

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof instanceAt>>

/** An instance of its own whose database is at `url`. */
const instanceAt = (databaseUrl: string) =>
  anotherInstance({ ...own, databaseUrl }, async () => ({
    ...(await import('@stockroom/database/query')),
    ...(await import('@stockroom/database/database-health')),
    createProduct: (await import('../../../functions/products/create-product.ts')).handler,
    updateProduct: (await import('../../../functions/products/update-product.ts')).handler,
    getProduct: (await import('../../../functions/products/get-product.ts')).handler,
    createOrder: (await import('../../../functions/orders/create-order.ts')).handler,
    getHealth: (await import('../../../functions/operations/get-health.ts')).handler,
  }))

const select = () => shop.query<{ one: number }>('orders', 'select 1 as one')

/** The values, and of what failed the name and the service, or the message of an error that isn't Unavailable. */
const outcomesOf = (work: Promise<unknown>[]) => Promise.all(work.map((one) => one.catch(describeFailure)))

const describeFailure = ({ name, service, message }: Error & { service?: string }) =>
  service ? `${name}: ${service}` : message

const attempt = <Value>(work: () => Promise<Value>) => timed(() => work().catch(describeFailure))

beforeAll(() => storeProduct({ name: 'Unfortunate mug' }))

beforeEach(async () => {
  proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
  shop = await instanceAt(proxy.addressFor(own.databaseUrl))
})

afterEach(async () => {
  await proxy.close()
  await shop.shutDown()
})

describe('while the database refuses connections', () => {
  beforeEach(() => proxy.refuse())

  it('each of many queries and transactions is Unavailable at once', async () => {
    const { outcome, ms } = await attempt(() =>
      outcomesOf(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? select() : shop.transaction('orders', async () => {}))),
      ),
    )

    expect(outcome).toEqual(Array(40).fill(unavailable))
    expect(ms).toBeLessThan(refusedWithinMs)
  })

  it('an endpoint says 503 with Retry-After at once', async () => {
    const { outcome, ms } = await attempt(() =>
      send(shop.createProduct, { route: 'POST /products', json: { name: 'Mug', price: 1, qty: 1 } }),
    )

    expect(outcome).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': expect.stringMatching(/^[1-9]/) },
      body: { code: 'service-unavailable' },
    })
    expect(ms).toBeLessThan(refusedWithinMs)
  })

  it('health says unhealthy with 503, and the database is down', async () => {
    const answer = await send(shop.getHealth, { route: 'GET /health' })

    expect(answer).toMatchObject({
      statusCode: 503,
      body: { status: 'unhealthy', services: { database: 'down', cache: 'up' } },
    })
  })

  it('no library writes to the console in place of the log', async () => {
    const written = jest.spyOn(console, 'log').mockImplementation(() => {})

    await outcomesOf([select(), select()])

    expect(written.mock.calls).toEqual([])
    written.mockRestore()
  })

  it('the next query succeeds as soon as the database is back', async () => {
    await outcomesOf([select(), select()])

    await proxy.accept()

    expect(await select()).toEqual(one)
  })
})

describe('when standing connections break', () => {
  it('at most those queries fail, as Unavailable, and the pool goes on with new connections', async () => {
    await Promise.all([select(), select(), select()])

    proxy.cut()
    const outcomes = await outcomesOf(Array.from({ length: 10 }, select))
    const afterwards = await Promise.all(Array.from({ length: 10 }, select))

    for (const outcome of outcomes) expect([unavailable, one]).toContainEqual(outcome)
    expect(afterwards).toEqual(Array(10).fill(one))
  })

  it('a transaction whose connection is cut is Unavailable, and leaves nothing', async () => {
    const outcome = await shop
      .transaction('products', async (trx) => {
        await shop.query(trx, "insert into products.products (name, price, qty) values ('Halfway', 1, 1)")
        proxy.cut()
        await shop.query(trx, 'select 1')
      })
      .catch(describeFailure)

    expect(outcome).toEqual(unavailable)
    expect(await runSql(own.databaseUrl, "select 1 from products.products where name = 'Halfway'")).toEqual(
      [],
    )
  })

  it('an idle connection that the server ends costs nobody an error', async () => {
    await select()
    await runSql(
      own.databaseUrl,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await eventually(() => proxy.connections === 0)

    expect(await select()).toEqual(one)
  })
})

describe('while the database accepts connections and never says a word', () => {
  it('a query is Unavailable within 2 s', async () => {
    const silent = await startSilentServer()
    shop = await instanceAt(`postgres://postgres@127.0.0.1:${silent.port}/postgres`)

    const { outcome, ms } = await attempt(select)
    silent.close()

    expect(outcome).toEqual(unavailable)
    expect(ms).toBeLessThan(silentWithinMs)
  })
})

describe('when the database falls silent', () => {
  beforeEach(async () => {
    await Promise.all(Array.from({ length: 10 }, select))
    proxy.fallSilent()
  })

  it('each of more queries than the pool has connections is Unavailable within 2 s', async () => {
    const { outcome, ms } = await attempt(() => outcomesOf(Array.from({ length: 40 }, select)))

    expect(outcome).toEqual(Array(40).fill(unavailable))
    expect(ms).toBeLessThan(silentWithinMs)
  })

  it('every endpoint says 503 within 2 s', async () => {
    const json = { productId: 1, quantity: 1 }
    const requests = [
      () => send(shop.createProduct, { route: 'POST /products', json: { name: 'Mug', price: 1, qty: 1 } }),
      () => send(shop.updateProduct, { route: 'PATCH /products/{id}', path: { id: '1' }, json: { qty: 1 } }),
      () => send(shop.getProduct, { route: 'GET /products/{id}', path: { id: '1' } }),
      () => send(shop.createOrder, { route: 'POST /orders', json }),
    ]

    const outcomes = await Promise.all(requests.map(attempt))

    for (const { outcome, ms } of outcomes) {
      expect(outcome).toMatchObject({ statusCode: 503, headers: { 'retry-after': expect.any(String) } })
      expect(ms).toBeLessThan(silentWithinMs)
    }
  })

  it('databaseAnswers says so within its second, and says when it is back', async () => {
    const down = await attempt(shop.databaseAnswers)
    proxy.speak()

    expect(down.outcome).toBe(false)
    expect(down.ms).toBeLessThan(1000 + slackMs)
    await eventually(shop.databaseAnswers)
  })
})

describe('when the network forgets the connections that stand, and new ones work', () => {
  it('each of them costs one query, and the queries after those succeed at once', async () => {
    await Promise.all(Array.from({ length: 10 }, select))
    proxy.abandon()

    const first = await outcomesOf(Array.from({ length: 5 }, select))
    const { outcome, ms } = await attempt(() => outcomesOf(Array.from({ length: 5 }, select)))

    expect(new Set(first)).toEqual(new Set([unavailable]))
    expect(outcome).toEqual(Array(5).fill(one))
    expect(ms).toBeLessThan(slackMs)
  })
})

describe('while the database is slow', () => {
  it('an endpoint of several statements says 503 within 2 s', async () => {
    await select()
    proxy.slowDown(400)

    const { outcome, ms } = await attempt(() =>
      send(shop.createProduct, { route: 'POST /products', json: { name: 'Mug', price: 1, qty: 1 } }),
    )

    expect(outcome).toMatchObject({ statusCode: 503 })
    expect(ms).toBeLessThan(silentWithinMs)
  })

  it('a statement that takes too long is ended by the server and Unavailable, and the connection lives on', async () => {
    const { outcome, ms } = await attempt(() => shop.query('orders', 'select pg_sleep(20)'))

    expect(outcome).toEqual(unavailable)
    expect(ms).toBeLessThan(silentWithinMs)
    expect(await select()).toEqual(one)
    expect(proxy.connections).toBe(1)
    const running = await runSql(
      own.databaseUrl,
      "select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(20)%' and state = 'active' and pid <> pg_backend_pid()",
    )
    expect(running).toEqual([])
  })

  it('a change that waits too long for a locked row is 503 within 2 s', async () => {
    const { id } = await storeProduct()
    const holder = await lockRow(own.databaseUrl, 'products.products', id)

    const { outcome, ms } = await attempt(() =>
      send(shop.updateProduct, { route: 'PATCH /products/{id}', path: { id: `${id}` }, json: { qty: 1 } }),
    )
    await holder.end()

    expect(outcome).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
    expect(ms).toBeLessThan(silentWithinMs)
  })
})

describe('an error of the SQL itself', () => {
  it('is not taken for an unavailable database', async () => {
    const wrong = shop.query('orders', 'select nonsense')

    await expect(wrong).rejects.toMatchObject({ code: '42703' })
    expect(await select()).toEqual(one)
  })
})
