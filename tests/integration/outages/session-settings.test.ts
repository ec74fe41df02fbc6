import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import pg from 'pg'
import { send } from '../../support/endpoint-promises.ts'
import { testEnvironment } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { nameInEnvironment, ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { storeProduct } from '../../support/stories.ts'
import { runSql } from '../../support/test-database.ts'

// What a session is given where nobody sets anything else.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()

/** An instance of its own, whose connections begin now. */
async function freshInstance() {
  nameInEnvironment(own)
  jest.resetModules()
  const { query, transaction } = await import('@stockroom/database/query')
  const { shutDown } = await import('@stockroom/runtime/shutdown')
  const { useBrokerClient } = await import('@stockroom/messaging/broker-connection')
  const { handler: createProduct } = await import('../../../functions/products/create-product.ts')
  const { handler: updateProduct } = await import('../../../functions/products/update-product.ts')
  RecordingBroker.inPlace(useBrokerClient)
  return { query, transaction, shutDown, createProduct, updateProduct }
}

let shop: Awaited<ReturnType<typeof freshInstance>>

/** From outside of the database, where its settings don't hold. */
const onDatabase = (setting: string) =>
  runSql(
    testEnvironment().databaseServerUrl as string,
    `alter database ${new URL(own.databaseUrl).pathname.slice(1)} ${setting}`,
  )
const settingOf = async (name: string) =>
  (await shop.query<{ value: string }>('orders', 'select current_setting(?) as value', [name]))[0]?.value

const lamp = { route: 'POST /products', json: { name: 'Lamp', price: 19.99, qty: 5 } }

afterEach(async () => {
  await shop.shutDown()
  await onDatabase('reset all')
})

describe('a session of the shop', () => {
  beforeEach(async () => {
    shop = await freshInstance()
  })

  it.each([
    ['statement_timeout', '1500ms'],
    ['lock_timeout', '1s'],
    ['idle_in_transaction_session_timeout', '10s'],
    ['tcp_keepalives_idle', '10'],
    ['tcp_keepalives_interval', '5'],
    ['tcp_keepalives_count', '3'],
  ])('lets the server end what waits for too long: %s is %s', async (name, value) => {
    expect(await settingOf(name)).toBe(value)
  })

  it('that leaves its transaction alone is ended by the server, and its locks with it', async () => {
    const { id } = await storeProduct()
    const { promise: vanished, reject: wakeUp } = Promise.withResolvers<void>()
    const orphan = shop.transaction('products', async (trx) => {
      await shop.query(trx, 'select 1 from products.products where id = ? for update', [id])
      await vanished
    })
    const isFree = () =>
      runSql(own.databaseUrl, 'select 1 from products.products where id = $1 for update nowait', [id]).then(
        () => true,
        () => false,
      )
    await eventually(async () => !(await isFree()))

    await eventually(isFree, 30_000).finally(() => wakeUp(new Error('too late')))

    await expect(orphan).rejects.toThrow()
    expect(await shop.query('products', 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('whatever an administrator has set', () => {
  it.each([
    ["set datestyle = 'SQL, DMY'"],
    ["set timezone = 'Asia/Kathmandu'"],
    ["set datestyle = 'German'"],
    ["set intervalstyle = 'sql_standard'"],
  ])('times are right: %s', async (setting) => {
    await onDatabase(setting)
    shop = await freshInstance()
    const begin = Date.now()

    const { statusCode, body } = await send(shop.createProduct, lamp)

    expect(statusCode).toBe(201)
    expect(Date.parse(body.createdAt)).toBeGreaterThanOrEqual(begin - 1000)
    expect(Date.parse(body.createdAt)).toBeLessThanOrEqual(Date.now() + 1000)
  })

  it.each([
    ['set default_transaction_read_only = on'],
    ["set search_path = 'nowhere'"],
    ['set extra_float_digits = -15'],
    ['set standard_conforming_strings = off'],
  ])('products are stored and shown as they are sent: %s', async (setting) => {
    await onDatabase(setting)
    shop = await freshInstance()

    const { statusCode, body } = await send(shop.createProduct, lamp)

    expect({ statusCode, body }).toMatchObject({ statusCode: 201, body: lamp.json })
  })

  it('a function that stands before those of PostgreSQL is not called', async () => {
    await runSql(own.databaseUrl, 'create schema imposters')
    await runSql(
      own.databaseUrl,
      "create function imposters.now() returns timestamptz language sql as $$ select timestamptz '1999-01-01' $$",
    )
    await onDatabase('set search_path = imposters, pg_catalog')
    shop = await freshInstance()
    const { body } = await send(shop.createProduct, lamp)

    const changed = await send(shop.updateProduct, {
      route: 'PATCH /products/{id}',
      path: { id: String(body.id) },
      json: { qty: 6 },
    })

    expect(changed.body.updatedAt > '2000').toBe(true)
  })

  it('a change waits a moment for a row that is locked: set lock_timeout = 1', async () => {
    await onDatabase('set lock_timeout = 1')
    shop = await freshInstance()
    const { id } = await storeProduct()
    const holder = new pg.Client(own.databaseUrl)
    await holder.connect()
    await holder.query('begin')
    await holder.query('select 1 from products.products where id = $1 for update', [id])

    const change = send(shop.updateProduct, {
      route: 'PATCH /products/{id}',
      path: { id: String(id) },
      json: { qty: 6 },
    })
    await eventually(async () => {
      const waiting =
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
      return (await runSql(own.databaseUrl, waiting)).length > 0
    })
    await holder.query('commit')
    await holder.end()

    expect((await change).statusCode).toBe(200)
  })
})

describe('a row that stays locked', () => {
  it('makes a change 503, to be tried again', async () => {
    shop = await freshInstance()
    const { id } = await storeProduct()
    const holder = new pg.Client(own.databaseUrl)
    await holder.connect()
    await holder.query('begin')
    await holder.query('select 1 from products.products where id = $1 for update', [id])

    const change = await send(shop.updateProduct, {
      route: 'PATCH /products/{id}',
      path: { id: String(id) },
      json: { qty: 6 },
    })
    await holder.end()

    expect(change).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
  })
})
