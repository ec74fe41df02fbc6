import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Knex } from 'knex'
import { createDatabase, runSql, type TestDatabase } from '../../support/test-database.ts'

const products = [
  '20261121_000000_create_products',
  '20261125_000000_add_outbox_traceparent',
  '20261126_000003_create_lock_stock',
]
const orders = [
  '20261121_000000_create_orders',
  '20261121_000001_create_idempotency_keys',
  '20261125_000001_add_outbox_traceparent',
  '20261126_000002_create_take_keys',
]

let database: TestDatabase

/** The migration runner of an instance that was just started on the empty database. */
async function freshInstance() {
  process.env.DATABASE_URL = database.url
  process.env.RABBITMQ_URL = 'amqp://in-process'
  jest.resetModules()
  return import('../../../migrations/all.ts')
}

const tables = async () =>
  (
    await runSql<{ name: string }>(
      database.url,
      `select table_schema || '.' || table_name as name from information_schema.tables
        where table_schema in ('products', 'orders') and table_name not like 'migrations%' order by 1`,
    )
  ).map(({ name }) => name)

beforeEach(async () => {
  database = await createDatabase()
})

afterEach(() => database.drop())

describe('migrations', () => {
  it('create the schemas of both domains in an empty database', async () => {
    const { migrateAll } = await freshInstance()

    const applied = await migrateAll()

    expect(applied).toEqual({ products, orders })
    expect(await tables()).toEqual([
      'orders.idempotency_keys',
      'orders.orders',
      'orders.outbox',
      'products.outbox',
      'products.products',
      'products.stock_movements',
    ])
  })

  it('all succeed when four instances start for the first time at once, each migration applied once', async () => {
    const instances = [
      await freshInstance(),
      await freshInstance(),
      await freshInstance(),
      await freshInstance(),
    ]

    const outcomes = await Promise.all(instances.map(({ migrateAll }) => migrateAll()))

    expect(outcomes.flatMap((outcome) => outcome.products)).toEqual(products)
    expect(outcomes.flatMap((outcome) => outcome.orders)).toEqual(orders)
  })

  it('have nothing to do a second time', async () => {
    const { migrateAll } = await freshInstance()
    await migrateAll()

    const applied = await migrateAll()

    expect(applied).toEqual({ products: [], orders: [] })
  })

  it('go on after a run that was killed and left its lock', async () => {
    const { migrateAll, rollbackNewest } = await freshInstance()
    await migrateAll()
    await rollbackNewest()
    await runSql(database.url, 'update products.migrations_lock set is_locked = 1')

    const applied = await migrateAll()

    expect(applied.products).toEqual(products.slice(-1))
  })

  it('of a newer version are left alone by one that was rolled back and does not know them', async () => {
    const newer = await freshInstance()
    await newer.migrateAll()
    await runSql(
      database.url,
      "insert into orders.migrations (name, batch, migration_time) values ('29991231_000000_from_the_future', 2, now())",
    )

    const older = await freshInstance()

    expect(await older.migrateAll()).toEqual({ products: [], orders: [] })
    expect((await older.statusOfAll()).orders.applied).toContain('29991231_000000_from_the_future')
  })

  it('are reverted one at a time, the newest of both domains, and no other with it', async () => {
    const { migrateAll, rollbackNewest, statusOfAll } = await freshInstance()
    await migrateAll()

    const reverted: unknown[] = []
    for (let times = 0; times < 5; times += 1) reverted.push(await rollbackNewest())

    expect(reverted).toEqual([
      { domain: 'products', name: products.at(-1) },
      { domain: 'orders', name: orders.at(-1) },
      { domain: 'orders', name: orders.at(-2) },
      { domain: 'products', name: products.at(-2) },
      { domain: 'orders', name: orders.at(-3) },
    ])
    expect(await statusOfAll()).toEqual({
      products: { applied: products.slice(0, -2), pending: products.slice(-2) },
      orders: { applied: orders.slice(0, -3), pending: orders.slice(-3) },
    })
    expect(await tables()).toEqual([
      'orders.orders',
      'orders.outbox',
      'products.outbox',
      'products.products',
      'products.stock_movements',
    ])
  })

  it('are all reverted by as many rollbacks, and can be applied again', async () => {
    const { migrateAll, rollbackNewest } = await freshInstance()
    await migrateAll()
    const reverted: unknown[] = []

    for (let newest = await rollbackNewest(); newest; newest = await rollbackNewest()) reverted.push(newest)
    const tablesInBetween = await tables()
    const applied = await migrateAll()

    expect(reverted).toHaveLength(products.length + orders.length)
    expect(tablesInBetween).toEqual([])
    expect(applied).toEqual({ products, orders })
  })

  it('tell what is pending before and what is applied after', async () => {
    const { migrateAll, statusOfAll } = await freshInstance()

    const before = await statusOfAll()
    await migrateAll()
    const after = await statusOfAll()

    expect(before).toEqual({
      products: { applied: [], pending: products },
      orders: { applied: [], pending: orders },
    })
    expect(after).toEqual({
      products: { applied: products, pending: [] },
      orders: { applied: orders, pending: [] },
    })
  })

  it('of the two domains go into the databases that PRODUCTS_DATABASE_URL and ORDERS_DATABASE_URL name', async () => {
    const other = await createDatabase()
    process.env.ORDERS_DATABASE_URL = other.url
    const { migrateAll } = await freshInstance()

    await migrateAll()
    const here = await tables()
    const there = await runSql(other.url, "select to_regclass('orders.orders') is not null as exists")
    delete process.env.ORDERS_DATABASE_URL
    await other.drop()

    expect(here).toEqual(['products.outbox', 'products.products', 'products.stock_movements'])
    expect(there).toEqual([{ exists: true }])
  })
})

describe('configureSessionsOfAll', () => {
  it('gives every setting to connections that say none, whoever asks for it at the same time', async () => {
    const instances = await Promise.all(Array.from({ length: 6 }, freshInstance))
    const { sessionSettings } = await import('@stockroom/database/session-settings')
    const wanted = sessionSettings(1500)

    for (let round = 0; round < 5; round += 1) {
      await Promise.all(instances.map(({ configureSessionsOfAll }) => configureSessionsOfAll(1500)))
    }

    const set = await runSql<{ name: string; setting: string }>(
      database.url,
      "select lower(name) as name, setting from pg_settings where source = 'database user'",
    )
    expect(Object.fromEntries(set.map(({ name, setting }) => [name, setting]))).toEqual(wanted)
  })

  it('leaves migrations without a limit', async () => {
    const { configureSessionsOfAll } = await freshInstance()
    const { migrate } = await import('@stockroom/database/migrations')
    await configureSessionsOfAll(1500)
    const limits: unknown[] = []
    const look = async (knex: Knex) => {
      for (const name of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
        limits.push(...(await knex.raw(`show ${name}`)).rows)
      }
    }

    await migrate('products', { looking: { up: look, down: look } })

    expect(limits).toEqual([
      { statement_timeout: '0' },
      { lock_timeout: '0' },
      { idle_in_transaction_session_timeout: '0' },
    ])
  })

  it('lets every migration be applied and reverted as before', async () => {
    const { configureSessionsOfAll, migrateAll, rollbackNewest } = await freshInstance()
    await configureSessionsOfAll(1500)

    const applied = await migrateAll()
    for (let newest = await rollbackNewest(); newest; ) newest = await rollbackNewest()

    expect(applied).toEqual({ products, orders })
    expect(await tables()).toEqual([])
  })
})
