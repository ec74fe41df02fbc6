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

/** Sets something from outside of the database, where its settings don't hold. */
const onDatabase = (setting: string) =>
  runSql(
    testEnvironment().databaseServerUrl as string,
    `alter database ${new URL(own.databaseUrl).pathname.slice(1)} ${setting}`,
  )
const change = (id: number) =>
  send(shop.updateProduct, { route: 'PATCH /products/{id}', path: { id: String(id) }, json: { qty: 6 } })

afterEach(async () => {
  await shop.shutDown()
  await onDatabase('reset all')
})

describe('a session of the shop', () => {
  it('lets the server end what waits for too long', async () => {
    shop = await freshInstance()
    const limits = {
      statement_timeout: '1500ms',
      lock_timeout: '1s',
      idle_in_transaction_session_timeout: '10s',
      tcp_keepalives_idle: '10',
      tcp_keepalives_interval: '5',
      tcp_keepalives_count: '3',
    }

    const names = Object.keys(limits).map((name) => `current_setting('${name}') as ${name}`)

    expect(await shop.query('orders', `select ${names}`)).toEqual([limits])
  })

  it('that leaves its transaction alone is ended by the server, and its locks with it', async () => {
    shop = await freshInstance()
    const { id } = await storeProduct()
    const { promise: vanished, reject: wakeUp } = Promise.withResolvers<void>()
    const orphan = shop.transaction('products', async (trx) => {
      // As the limit of every session does, but sooner.
      await shop.query(trx, "set idle_in_transaction_session_timeout = '1s'")
      await shop.query(trx, 'select 1 from products.products where id = ? for update', [id])
      await vanished
    })
    const isFree = () =>
      runSql(own.databaseUrl, 'select 1 from products.products where id = $1 for update nowait', [id]).then(
        () => true,
        () => false,
      )
    await eventually(async () => !(await isFree()))

    await eventually(isFree).finally(() => wakeUp(new Error('too late')))

    await expect(orphan).rejects.toThrow()
    expect(await shop.query('products', 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

it('whatever an administrator has set, products are stored and shown as they are sent, and times are right', async () => {
  await runSql(own.databaseUrl, 'create schema imposters')
  await runSql(
    own.databaseUrl,
    "create function imposters.now() returns timestamptz language sql as $$ select timestamptz '1999-01-01' $$",
  )
  for (const setting of [
    "datestyle = 'SQL, DMY'",
    "timezone = 'Asia/Kathmandu'",
    "intervalstyle = 'sql_standard'",
    'default_transaction_read_only = on',
    // A function that stands before those of PostgreSQL is not called.
    'search_path = imposters, pg_catalog',
    'extra_float_digits = -15',
    'standard_conforming_strings = off',
    // A change waits a moment for a row that is locked.
    'lock_timeout = 1',
  ])
    await onDatabase(`set ${setting}`)
  shop = await freshInstance()
  const lamp = { name: 'Lamp', price: 19.99, qty: 5 }
  const begin = Date.now()

  const { statusCode, body } = await send(shop.createProduct, { route: 'POST /products', json: lamp })
  const writable = `${own.databaseUrl}?options=-c%20default_transaction_read_only=off`
  const holder = await lockRow(writable, 'products.products', body.id)
  const changing = change(body.id)
  await somebodyWaits(own.databaseUrl)
  await holder.end()
  const changed = await changing

  expect({ statusCode, body }).toMatchObject({ statusCode: 201, body: lamp })
  expect(changed).toMatchObject({ statusCode: 200, body: { ...lamp, qty: 6 } })
  for (const at of [body.createdAt, changed.body.updatedAt].map(Date.parse)) {
    expect(at).toBeGreaterThanOrEqual(begin - 1000)
    expect(at).toBeLessThanOrEqual(Date.now() + 1000)
  }
})
