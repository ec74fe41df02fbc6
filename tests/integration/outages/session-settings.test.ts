import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { send } from '../../support/endpoint-promises.ts'
import { testEnvironment } from '../../support/environment.ts'
import { lockRow, somebodyWaits } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { storeProduct } from '../../support/stories.ts'

// What a session is given where nobody sets anything else.
delete process.env.DATABASE_TIMEOUT_MS

const own = ownServices()

/** An instance of its own, whose connections begin now. */
const freshInstance = () =>
  anotherInstance(own, async () => ({
    ...(await import('@stockroom/database/query')),
    createProduct: (await import('../../../functions/products/create-product.ts')).handler,
    updateProduct: (await import('../../../functions/products/update-product.ts')).handler,
  }))

let shop: Awaited<ReturnType<typeof freshInstance>>

/** From outside of the database, where its settings don't hold. */
const onDatabase = (setting: string) =>
  runSql(
    testEnvironment().databaseServerUrl as string,
    `alter database ${new URL(own.databaseUrl).pathname.slice(1)} ${setting}`,
  )
const change = (id: number) =>
  send(shop.updateProduct, {
    route: 'PATCH /products/{id}',
    path: { id: String(id) },
    json: { qty: 6 },
  })

const lamp = { route: 'POST /products', json: { name: 'Lamp', price: 19.99, qty: 5 } }

afterEach(async () => {
  await shop.shutDown()
  await onDatabase('reset all')
})

const limits = new Map([
  ['statement_timeout', '1500ms'],
  ['lock_timeout', '1s'],
  ['idle_in_transaction_session_timeout', '10s'],
  ['tcp_keepalives_idle', '10'],
  ['tcp_keepalives_interval', '5'],
  ['tcp_keepalives_count', '3'],
])

describe('a session of the shop', () => {
  it('lets the server end what waits for too long', async () => {
    shop = await freshInstance()
    const names = [...limits.keys()]

    const settings = await shop.query(
      'orders',
      `select ${names.map((name) => `current_setting('${name}') as ${name}`)}`,
    )

    expect(settings).toEqual([Object.fromEntries(limits)])
  })

  it('that leaves its transaction alone is ended by the server, and its locks with it', async () => {
    shop = await freshInstance()
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
    "set datestyle = 'SQL, DMY'",
    "set timezone = 'Asia/Kathmandu'",
    "set intervalstyle = 'sql_standard'",
    'set default_transaction_read_only = on',
    "set search_path = 'nowhere'",
    'set extra_float_digits = -15',
    'set standard_conforming_strings = off',
  ])('products are stored and shown as they are sent, and times are right: %s', async (setting) => {
    await onDatabase(setting)
    shop = await freshInstance()
    const begin = Date.now()

    const { statusCode, body } = await send(shop.createProduct, lamp)

    expect({ statusCode, body }).toMatchObject({ statusCode: 201, body: lamp.json })
    expect(Date.parse(body.createdAt)).toBeGreaterThanOrEqual(begin - 1000)
    expect(Date.parse(body.createdAt)).toBeLessThanOrEqual(Date.now() + 1000)
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

    const changed = await change(body.id)

    expect(changed.body.updatedAt > '2000').toBe(true)
  })

  it('a change waits a moment for a row that is locked: set lock_timeout = 1', async () => {
    await onDatabase('set lock_timeout = 1')
    shop = await freshInstance()
    const { id } = await storeProduct()
    const holder = await lockRow(own.databaseUrl, 'products.products', id)

    const changed = change(id)
    await somebodyWaits(own.databaseUrl)
    await holder.end()

    expect((await changed).statusCode).toBe(200)
  })
})
