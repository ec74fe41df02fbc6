import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { send } from '../../support/endpoint-promises.ts'
import { lockRow } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'
import { startSilentServer, TcpProxy } from '../../support/tcp-proxy.ts'

// What the database may keep a caller waiting for is what these tests are about. The fault suite measures it; here it
// counts that nobody waits for ever, however busy the machine is.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()
const unavailable = 'Unavailable: database'
const one = [{ one: 1 }]
const refusal = {
  statusCode: 503,
  headers: { 'retry-after': expect.stringMatching(/^[1-9]/) },
  body: { code: 'service-unavailable' },
}

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof instanceAt>>
let productId: number

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
const selects = (count: number) => outcomesOf(Array.from({ length: count }, select))
const create = () =>
  send(shop.createProduct, { route: 'POST /products', json: { name: 'Mug', price: 1, qty: 1 } })
const update = () =>
  send(shop.updateProduct, {
    route: 'PATCH /products/{id}',
    path: { id: `${productId}` },
    json: { qty: 1 },
  })

/** The values, and of what failed the name and the service, or the message of an error that isn't Unavailable. */
const outcomesOf = (work: Promise<unknown>[]) => Promise.all(work.map((one) => one.catch(describeFailure)))

const describeFailure = ({ name, service, message }: Error & { service?: string }) =>
  service ? `${name}: ${service}` : message

beforeAll(async () => {
  productId = (await storeProduct()).id
  proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
  shop = await instanceAt(proxy.addressFor(own.databaseUrl))
})

beforeEach(async () => {
  await proxy.recover()
  await eventually(async () => (await selects(10)).every((outcome) => outcome !== unavailable))
})

afterAll(async () => {
  await proxy.close()
  await shop.shutDown()
})

describe('while the database refuses connections', () => {
  beforeEach(async () => {
    await proxy.refuse()
    // Those that stood are spent.
    await selects(10)
  })

  it('each of many queries and transactions is Unavailable, without a word of a library on the console', async () => {
    const written = jest.spyOn(console, 'log').mockImplementation(() => {})

    const outcomes = await outcomesOf(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? select() : shop.transaction('orders', async () => {}))),
    )

    expect(outcomes).toEqual(Array(40).fill(unavailable))
    expect(written.mock.calls).toEqual([])
    written.mockRestore()
  })

  it('an endpoint says 503 with Retry-After, and health says that the database is down', async () => {
    expect(await create()).toMatchObject(refusal)
    expect(await send(shop.getHealth, { route: 'GET /health' })).toMatchObject({
      statusCode: 503,
      body: { status: 'unhealthy', services: { database: 'down', cache: 'up' } },
    })
  })

  it('the next query succeeds as soon as the database is back', async () => {
    await proxy.accept()

    expect(await select()).toEqual(one)
  })
})

describe('when standing connections break', () => {
  it('at most those queries fail, as Unavailable, and the pool goes on with new connections', async () => {
    proxy.cut()
    const outcomes = await selects(10)
    const afterwards = await selects(10)

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
    const halfway = "select 1 from products.products where name = 'Halfway'"
    expect(await runSql(own.databaseUrl, halfway)).toEqual([])
  })

  it('an idle connection that the server ends costs nobody an error', async () => {
    await runSql(
      own.databaseUrl,
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await eventually(() => proxy.connections === 0)

    expect(await select()).toEqual(one)
  })
})

it('while the database has never said a word, a query is Unavailable', async () => {
  const silent = await startSilentServer()
  const newcomer = await instanceAt(`postgres://postgres@127.0.0.1:${silent.port}/postgres`)

  const outcome = await newcomer.query('orders', 'select 1').catch(describeFailure)
  silent.close()
  await newcomer.shutDown()

  expect(outcome).toEqual(unavailable)
})

describe('when the database falls silent', () => {
  beforeEach(() => proxy.fallSilent())

  it('each of more queries than the pool has connections is Unavailable, and every endpoint says 503', async () => {
    const outcomes = await selects(40)
    const answers = await Promise.all([
      create(),
      update(),
      send(shop.getProduct, { route: 'GET /products/{id}', path: { id: `${productId}` } }),
      send(shop.createOrder, { route: 'POST /orders', json: { productId, quantity: 1 } }),
    ])

    expect(outcomes).toEqual(Array(40).fill(unavailable))
    for (const answer of answers) expect(answer).toMatchObject(refusal)
  })

  it('databaseAnswers says so, and says when it is back', async () => {
    const answers = await shop.databaseAnswers()
    proxy.speak()

    expect(answers).toBe(false)
    await eventually(shop.databaseAnswers)
  })
})

it('when the network forgets the connections that stand, each costs one query, and those after succeed', async () => {
  proxy.abandon()

  const first = await selects(5)
  const afterwards = await selects(5)

  expect(first).toEqual(Array(5).fill(unavailable))
  expect(afterwards).toEqual(Array(5).fill(one))
})

describe('while the database is slow', () => {
  it('an endpoint of several statements says 503', async () => {
    proxy.slowDown(400)

    expect(await create()).toMatchObject(refusal)
  })

  it('a statement that takes too long is ended by the server and Unavailable, and the connection lives on', async () => {
    const before = proxy.connections

    const [outcome] = await outcomesOf([shop.query('orders', 'select pg_sleep(20)')])

    expect(outcome).toEqual(unavailable)
    expect(await select()).toEqual(one)
    expect(proxy.connections).toBe(before)
    const running =
      "select 1 from pg_stat_activity where datname = current_database() and query like '%pg_sleep(20)%' and state = 'active' and pid <> pg_backend_pid()"
    expect(await runSql(own.databaseUrl, running)).toEqual([])
  })

  it('a change that waits too long for a locked row is 503', async () => {
    const holder = await lockRow(own.databaseUrl, 'products.products', productId)

    const answer = await update()
    await holder.end()

    expect(answer).toMatchObject(refusal)
  })
})

it('an error of the SQL itself is not taken for an unavailable database', async () => {
  const wrong = shop.query('orders', 'select nonsense')

  await expect(wrong).rejects.toMatchObject({ code: '42703' })
  expect(await select()).toEqual(one)
})
