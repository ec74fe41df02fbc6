import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { problem, send } from '../../support/endpoint-promises.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'

// How long a commit may stay unanswered is what these tests are about.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof instanceAt>>
let productId: number
let ordersBefore: number

/** An instance of its own whose database is at `url`. */
const instanceAt = (databaseUrl: string) =>
  anotherInstance({ ...own, databaseUrl }, async () => ({
    ...(await import('@stockroom/database/pipelined')),
    ...(await import('@stockroom/database/query')),
    createProduct: (await import('../../../functions/products/create-product.ts')).handler,
    updateProduct: (await import('../../../functions/products/update-product.ts')).handler,
    deleteProduct: (await import('../../../functions/products/delete-product.ts')).handler,
    createOrder: (await import('../../../functions/orders/create-order.ts')).handler,
  }))

beforeAll(async () => {
  proxy = await TcpProxy.inFrontOf(own.databaseUrl, 5432)
  shop = await instanceAt(proxy.addressFor(own.databaseUrl))
})

beforeEach(async () => {
  await proxy.recover()
  await runSql(own.databaseUrl, 'drop schema if exists slowness cascade')
  productId = (await storeProduct()).id
  // Connections stand then, and statements are prepared.
  await eventually(async () => (await order()).statusCode === 202)
  ordersBefore = 0
  ordersBefore = await stored()
})

afterAll(async () => {
  await proxy.close()
  await shop.shutDown()
})

const order = (key?: string) =>
  send(shop.createOrder, {
    route: 'POST /orders',
    json: { productId, quantity: 1 },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })

/** The orders of the product that were stored since, once no transaction is under way any more. */
async function stored(): Promise<number> {
  await allIsDone()
  const sql = 'select 1 from orders.orders where product_id = $1'
  return (await runSql(own.databaseUrl, sql, [productId])).length - ordersBefore
}

/** How many other sessions of the database are such that `condition` holds of their row in pg_stat_activity. */
async function sessions(condition: string): Promise<number> {
  const rows = await runSql(
    own.databaseUrl,
    `select 1 from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and ${condition}`,
  )
  return rows.length
}

const somebodySleeps = () => eventually(() => sessions("wait_event = 'PgSleep'"))
const allIsDone = () => eventually(async () => (await sessions('xact_start is not null')) === 0)

/** Lets each statement that writes into a table take its time. */
async function slowDown(table: string, seconds: number) {
  await onInsert(`perform pg_sleep(${seconds})`, `trigger slow after insert on ${table} for each statement`)
}

async function onInsert(body: string, trigger: string) {
  await runSql(own.databaseUrl, 'create schema slowness')
  await runSql(
    own.databaseUrl,
    `create function slowness.act() returns trigger language plpgsql as $$ begin ${body}; return null; end $$`,
  )
  await runSql(own.databaseUrl, `create ${trigger} execute function slowness.act()`)
}

const rename = () =>
  send(shop.updateProduct, {
    route: 'PATCH /products/{id}',
    path: { id: `${productId}` },
    json: { name: 'Another' },
  })

async function nameNow() {
  await allIsDone()
  const sql = 'select name from products.products where id = $1'
  return (await runSql<{ name: string }>(own.databaseUrl, sql, [productId]))[0]?.name
}

describe('a change whose commit comes late', () => {
  it('is 503 and not stored when the way to the database is long', async () => {
    const before = await nameNow()
    proxy.slowDown(400)

    const answer = await rename()
    proxy.slowDown(0)

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
    expect(await nameNow()).toBe(before)
  })
})

describe('an order whose commit comes late', () => {
  it('is 503 and not stored when its time is over before its turn comes', async () => {
    await slowDown('orders.orders', 1.45)
    const first = order()
    await somebodySleeps()

    const second = await order()

    expect(second).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
    expect((await first).statusCode).toBe(202)
    expect(await stored()).toBe(1)
  })

  it('is waited for when its commit has begun by then', async () => {
    proxy.slowDown(1000)

    const answer = await order()
    proxy.slowDown(0)

    expect(answer.statusCode).toBe(202)
    expect(await stored()).toBe(1)
  })
})

describe('a commit that is never answered', () => {
  const unknown = {
    statusCode: 500,
    headers: expect.not.objectContaining({ 'retry-after': expect.anything() }),
    body: problem(500, 'outcome-unknown'),
  }

  it.each([
    ['took place', 'finds', () => proxy.loseAnswer('isFree'), 'true'],
    ['did not', 'places', () => proxy.swallow('"fingerprint":'), undefined],
  ])(
    'and %s makes the outcome of an order unknown, and a retry with its key %s it',
    async (key, _, lose, replayed) => {
      lose()

      const answer = await order(key)
      proxy.loseAnswer(undefined)
      proxy.swallow(undefined)
      const again = await order(key)

      expect(answer).toMatchObject(unknown)
      expect([again.statusCode, again.headers['idempotent-replayed']]).toEqual([202, replayed])
      expect(await stored()).toBe(1)
    },
  )

  it('leaves one outcome unknown: while the database stays silent, no other commit is sent', async () => {
    const commit = () =>
      shop.commitStatement('orders', { sql: 'select 1' }).catch((error: Error) => error.name)
    // At the same time, so that several connections stand.
    await Promise.all(Array.from({ length: 5 }, () => shop.query('orders', 'select pg_sleep(0.1)')))
    proxy.fallSilent()

    const outcomes = [await commit(), await commit(), await commit()]

    expect(outcomes).toEqual(['OutcomeUnknown', 'Unavailable', 'Unavailable'])
  })

  it('because the connection breaks makes the outcome unknown', async () => {
    await slowDown('orders.orders', 1)
    const answer = order()
    await somebodySleeps()

    proxy.cut()

    expect(await answer).toMatchObject(unknown)
  })

  it.each([
    ['POST /products', () => shop.createProduct, { json: { name: 'Mug', price: 1, qty: 1 } }],
    ['PATCH /products/{id}', () => shop.updateProduct, { json: { qty: 1 } }],
    ['DELETE /products/{id}', () => shop.deleteProduct, {}],
  ])('makes the outcome of %s unknown', async (route, endpoint, request) => {
    proxy.loseAnswer('COMMIT')

    const answer = await send(endpoint(), { route, path: { id: `${productId}` }, ...request })

    expect(answer).toMatchObject(unknown)
  })
})

describe('a commit that fails for certain', () => {
  it('is 503 when the connection was lost before it was sent', async () => {
    const before = await nameNow()
    await slowDown('products.outbox', 1)
    const answer = rename()
    await somebodySleeps()

    proxy.cut()

    expect((await answer).statusCode).toBe(503)
    expect(await nameNow()).toBe(before)
  })

  it('is 503 when the database refuses it for now', async () => {
    await onInsert(
      `raise exception 'not now' using errcode = '40001'`,
      'constraint trigger failing after insert on orders.orders deferrable initially deferred for each row',
    )

    const answer = await order()

    expect(answer.statusCode).toBe(503)
    expect(await stored()).toBe(0)
  })
})
