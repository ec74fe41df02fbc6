import { beforeEach, describe, expect, it } from '@jest/globals'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handler as adjustStock } from '../../../functions/products/adjust-stock.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as getProduct } from '../../../functions/products/get-product.ts'
import { handler as listMovements } from '../../../functions/products/list-movements.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { problem, send } from '../../support/endpoint-promises.ts'
import { openTransaction } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { ledgerOf, storeProduct } from '../../support/stories.ts'

const own = ownServices()
RecordingBroker.inPlace()
// Many wait for one row here, on whatever machine.
process.env.DATABASE_TIMEOUT_MS = '30000'

let id: number

beforeEach(async () => {
  id = (await storeProduct({ qty: 10 })).id
})

const path = () => ({ id: String(id) })
const adjust = (change: number, key?: string, reason = 'Counted') =>
  send(adjustStock, {
    route: 'POST /products/{id}/adjustments',
    path: path(),
    json: { change, reason },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })
const show = () => send(getProduct, { route: 'GET /products/{id}', path: path() })
const movements = (query = {}) =>
  send(listMovements, { route: 'GET /products/{id}/movements', path: path(), query })
const change = (json: object, etag: unknown) =>
  send(updateProduct, {
    route: 'PATCH /products/{id}',
    path: path(),
    json,
    headers: { 'if-match': String(etag) },
  })

describe('an adjustment', () => {
  it('changes the stock by a difference, and says why in the ledger', async () => {
    const { body } = await adjust(-3)

    expect(body.product).toMatchObject({ id, qty: 7 })
    expect((await show()).body).toEqual(body.product)
    expect((await movements()).body).toEqual([
      body.movement,
      expect.objectContaining({ kind: 'initial', change: 10, orderId: null, reason: null }),
    ])
    expect(body.movement).toMatchObject({ change: -3, kind: 'adjustment', reason: 'Counted' })
    expect((await reconcile()).violations).toEqual([])
  })

  it('never takes more than there is, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => adjust(-1)))

    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([
      ...Array(10).fill(201),
      ...Array(5).fill(409),
    ])
    expect(await ledgerOf(own.databaseUrl, id)).toMatchObject({ initial: 10, adjustments: -10, final: 0 })
  })

  it('is made once for each key, and answered alike whatever has become of the product', async () => {
    const first = await adjust(-3, 'once')
    await adjust(1)
    await send(deleteProduct, { route: 'DELETE /products/{id}', path: path() })

    const again = await adjust(-3, 'once')
    const another = await adjust(-4, 'once')

    expect([again.statusCode, again.body]).toEqual([201, first.body])
    expect(again.headers).toMatchObject({ etag: first.headers.etag, 'idempotent-replayed': 'true' })
    expect(another.body).toEqual(problem(422, 'idempotency-key-reused'))
    expect((await movements()).body).toHaveLength(4)
  })

  it('is made once when the same key comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(-1, 'at once')))

    const made = answers.filter(({ headers }) => headers.etag && !headers['idempotent-replayed'])
    const others = answers.filter(({ headers }) => !made.some((one) => one.headers === headers))
    expect(made).toHaveLength(1)
    for (const { statusCode, body } of others)
      if (statusCode === 201) expect(body).toEqual(made[0]?.body)
      else expect(body).toEqual(problem(409, 'idempotency-key-in-progress'))
    expect((await show()).body.qty).toBe(9)
  })

  it('leaves its key free when it is refused', async () => {
    const refused = await adjust(-11, 'free')
    await adjust(1)

    const made = await adjust(-11, 'free')

    expect([refused.statusCode, made.statusCode]).toEqual([409, 201])
    expect(made.headers['idempotent-replayed']).toBeUndefined()
  })

  it('is made anew after 24 hours, and old keys are forgotten', async () => {
    await adjust(-1, 'old')
    await adjust(-1, 'older')
    await own.sql(
      "update products.adjustment_keys set created_at = now() - interval '24 hours' where key in ('old', 'older')",
    )

    const again = await adjust(-1, 'old')

    expect(again.headers['idempotent-replayed']).toBeUndefined()
    expect((await show()).body.qty).toBe(7)
    const keys = await own.sql("select key from products.adjustment_keys where key like 'old%'")
    expect(keys).toEqual([{ key: 'old' }])
  })

  it('does not wait for a key that another one has', async () => {
    const holder = await openTransaction(own.databaseUrl, [
      "select pg_advisory_xact_lock(hashtextextended('held', 1))",
    ])

    const refused = await adjust(-1, 'held').finally(() => holder.end())

    expect(refused.body).toEqual(problem(409, 'idempotency-key-in-progress'))
    expect((await show()).body.qty).toBe(10)
  })
})

describe('the etag of a product', () => {
  it('lets one of two change what both have read', async () => {
    const { etag } = (await show()).headers

    const answers = await Promise.all([change({ price: 1 }, etag), change({ price: 2 }, etag)])

    const winner = answers.find(({ statusCode }) => statusCode === 200)
    const now = await show()
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412])
    expect([now.body, now.headers.etag]).toEqual([winner?.body, winner?.headers.etag])
  })

  it('is another after an adjustment, and that of the answer holds', async () => {
    const { etag } = (await show()).headers
    const adjusted = await adjust(1)

    const answers = [await change({ price: 1 }, etag), await change({ price: 1 }, adjusted.headers.etag)]

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([412, 200])
  })
})

describe('the ledger of a product', () => {
  it('is read page by page, newest first, each entry once', async () => {
    for (const change of [1, 2, 3, 4]) await adjust(change)

    const first = await movements({ limit: '3' })
    const cursor = /cursor=([\w-]+)/.exec(String(first.headers.link))?.[1]
    const second = await movements({ limit: '3', cursor })

    expect([...first.body, ...second.body].map(({ change }) => change)).toEqual([4, 3, 2, 1, 10])
    expect(second.headers.link).toBeUndefined()
  })
})
