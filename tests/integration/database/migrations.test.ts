import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Knex } from 'knex'
import { runSql } from '../../../bench/services/databases.ts'
import { testEnvironment } from '../../support/environment.ts'
import { migrationsOf, newestMigrations } from '../../support/migrations.ts'
import { createDatabase, type TestDatabase } from '../../support/test-database.ts'

const products = migrationsOf('products')
const orders = migrationsOf('orders')

let database: TestDatabase

/** The migration runner of an instance that was just started on the empty database. */
async function freshInstance() {
  process.env.DATABASE_URL = database.url
  process.env.RABBITMQ_URL = 'amqp://in-process'
  jest.resetModules()
  return import('../../../migrations/all.ts')
}

const tables = async (url = database.url) => {
  const rows = await runSql<{ name: string }>(
    url,
    `select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema in ('products', 'orders') and table_name not like 'migrations%'`,
  )
  return rows.map(({ name }) => name)
}

beforeEach(async () => {
  database = await createDatabase()
})

afterEach(() => database.drop())

describe('migrations', () => {
  it('create the schemas of both domains, are reverted one at a time, the newest first, and can be applied again', async () => {
    const { migrateAll, rollbackNewest, statusOfAll } = await freshInstance()
    const reverted: unknown[] = []

    const applied = await migrateAll()
    const tablesThen = await tables()
    for (let newest = await rollbackNewest(); newest; newest = await rollbackNewest()) reverted.push(newest)
    const { products: status } = await statusOfAll()
    const tablesInBetween = await tables()
    const again = await migrateAll()

    expect([applied, again]).toEqual(Array(2).fill({ products, orders }))
    expect(tablesThen).toEqual(expect.arrayContaining(['orders.orders', 'products.stock_movements']))
    expect(reverted).toEqual(newestMigrations())
    expect(status).toEqual({ applied: [], pending: products })
    expect(tablesInBetween).toEqual([])
  })

  it('all succeed when four instances start for the first time at once, each migration applied once', async () => {
    const instances: Awaited<ReturnType<typeof freshInstance>>[] = []
    while (instances.length < 4) instances.push(await freshInstance())

    const outcomes = await Promise.all(instances.map(({ migrateAll }) => migrateAll()))

    expect(outcomes.flatMap((outcome) => outcome.products)).toEqual(products)
    expect(outcomes.flatMap((outcome) => outcome.orders)).toEqual(orders)
  })

  it('run under a role that may create no schema, in those that are there', async () => {
    const role = new URL(database.url).pathname.slice(1)
    await runSql(database.url, `create role ${role} login password 'p'`)
    for (const schema of ['products', 'orders'])
      await runSql(database.url, `create schema ${schema} authorization ${role}`)
    database.url = Object.assign(new URL(database.url), { username: role, password: 'p' }).href
    const { migrateAll } = await freshInstance()

    const applied = await migrateAll().finally(async () => {
      const server = testEnvironment().databaseServerUrl as string
      const here = Object.assign(new URL(server), { pathname: `/${role}` }).href
      await runSql(here, `drop owned by ${role} cascade`)
      await runSql(server, `drop role ${role}`)
    })

    expect(applied).toEqual({ products, orders })
  })

  it('go on after a run that was killed and left its lock', async () => {
    const { migrateAll, rollbackNewest } = await freshInstance()
    await migrateAll()
    const newest = await rollbackNewest()
    await runSql(database.url, 'update orders.migrations_lock set is_locked = 1')

    const applied = await migrateAll()

    expect([...applied.products, ...applied.orders]).toEqual([newest?.name])
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

  it('of the two domains go into the databases that PRODUCTS_DATABASE_URL and ORDERS_DATABASE_URL name', async () => {
    const other = await createDatabase()
    process.env.ORDERS_DATABASE_URL = other.url
    const { migrateAll } = await freshInstance()

    await migrateAll()
    const [here, there] = [await tables(), await tables(other.url)]
    delete process.env.ORDERS_DATABASE_URL
    await other.drop()

    expect(here).toContain('products.products')
    expect(there).toContain('orders.orders')
    expect([here, there].map((names) => new Set(names.map((name) => name.split('.')[0])))).toEqual([
      new Set(['products']),
      new Set(['orders']),
    ])
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
})
