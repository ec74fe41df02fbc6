import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { RequestDeadline, runUntil } from '@stockroom/runtime/commit-deadline'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { handler as createOrder } from '../../../functions/orders/create-order.ts'
import { placeOrder } from '../../../functions/orders/order-placement.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import type { OrderRequest } from '../../../functions/orders/placement-store.ts'
import { handler as purgeIdempotencyKeys } from '../../../functions/orders/purge-idempotency-keys.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { problem, send } from '../../support/endpoint-promises.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { openTransaction } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { storeProduct } from '../../support/stories.ts'

// As long as somebody keeps a key locked, a request waits for it for two thirds of this.
process.env.DATABASE_TIMEOUT_MS = '6000'

const own = ownServices()
const broker = RecordingBroker.inPlace()
const closing: (() => Promise<void>)[] = []

type Endpoint = typeof createOrder
type Answer = Awaited<ReturnType<typeof order>>

let product: Awaited<ReturnType<typeof storeProduct>>
let lastKey = 0
const newKey = () => `key-${++lastKey}`

beforeEach(async () => {
  broker.reset()
  product = await storeProduct({ price: 19.99, qty: 1000 })
})

afterAll(() => Promise.all(closing.map((close) => close())))

/** POST /orders for the test's product. */
const order = (key: string | undefined, json: object = {}, endpoint: Endpoint = createOrder) =>
  send(endpoint, {
    route: 'POST /orders',
    json: { productId: product.id, quantity: 2, ...json },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })

const requestWith = (key: string | undefined): OrderRequest => ({
  draft: { productId: product.id, quantity: 1, unitPrice: 1, totalPrice: 1, requestId: 'request-1' },
  idempotency: key === undefined ? undefined : { key, fingerprint: 'any' },
})

const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true'

/** The orders that are there of the test's product. */
const orders = () =>
  runSql<{ id: string; quantity: number }>(
    own.databaseUrl,
    'select id, quantity from orders.orders where product_id = $1 order by id',
    [product.id],
  )

const shiftKey = (key: string, interval: string) =>
  runSql(
    own.databaseUrl,
    'update orders.idempotency_keys set created_at = now() - $2::interval where key = $1',
    [key, interval],
  )

/** The endpoint in another process. */
async function endpointElsewhere(): Promise<Endpoint> {
  const { handler, shutDown } = await anotherInstance(
    own,
    () => import('../../../functions/orders/create-order.ts'),
  )
  closing.push(shutDown)
  return handler
}

describe('a request that comes again with its key', () => {
  it('gets the first answer: same body, same Location, and says that it is a replay; the effect is one', async () => {
    const key = newKey()
    const first = await order(key)

    const again = await order(key)

    expect(first.statusCode).toBe(202)
    expect(first.headers).not.toHaveProperty('idempotent-replayed')
    expect(again.statusCode).toBe(202)
    expect(again.body).toEqual(first.body)
    expect(again.headers).toEqual({
      ...first.headers,
      'idempotent-replayed': 'true',
      'x-request-id': expect.any(String),
    })
    expect(await orders()).toEqual([{ id: String(first.body.id), quantity: 2 }])
    expect(broker.of('order.created')).toHaveLength(1)
  })

  it('gets the first answer, pending, whatever has become of its order, the stock, the price and the product', async () => {
    const key = newKey()
    const path = { id: String(product.id) }
    const first = await order(key, { quantity: 1000 })
    await handOn(broker)
    await send(updateProduct, { route: 'PATCH /products/{id}', path, json: { price: 99 } })

    const settled = await order(key, { quantity: 1000 })
    const another = await order(undefined)
    await send(deleteProduct, { route: 'DELETE /products/{id}', path })
    const again = await order(key, { quantity: 1000 })

    expect((await findOrder(first.body.id))?.status).toBe('confirmed')
    expect(another.statusCode).toBe(409)
    expect(first.body.status).toBe('pending')
    for (const answer of [settled, again]) expect(answer).toMatchObject({ statusCode: 202, body: first.body })
    expect(isReplay(again)).toBe(true)
  })

  it('gets the first answer whatever the order and spacing of the members', async () => {
    const key = newKey()
    const first = await order(key)

    const again = await send(createOrder, {
      route: 'POST /orders',
      body: `{ "quantity" : 2.0,\n "productId": ${product.id} }`,
      headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': key },
    })

    expect(again).toMatchObject({ statusCode: 202, body: first.body })
    expect(isReplay(again)).toBe(true)
  })

  it('gets it from another instance, too', async () => {
    const key = newKey()
    const first = await order(key)

    const again = await order(key, {}, await endpointElsewhere())

    expect(again).toMatchObject({ statusCode: 202, body: first.body })
    expect(isReplay(again)).toBe(true)
    expect(await orders()).toHaveLength(1)
  })
})

describe('a key', () => {
  it('is refused with another body, and goes on standing for the first', async () => {
    const key = newKey()
    const first = await order(key)

    const other = await order(key, { quantity: 3 })

    expect(other.statusCode).toBe(422)
    expect(other.body).toEqual(problem(422, 'idempotency-key-reused'))
    expect(await order(key)).toMatchObject({ statusCode: 202, body: first.body })
    expect(await orders()).toHaveLength(1)
  })

  it.each([
    ['too little stock', 409, { quantity: 1001 }],
    ['an unknown product', 404, { productId: 9_007_199_254_740_991 }],
    ['a wrong body', 400, { quantity: 0 }],
  ])('stays free when the request is refused for %s', async (_, status, json) => {
    const key = newKey()

    const refused = await order(key, json)
    const accepted = await order(key)

    expect(refused.statusCode).toBe(status)
    expect(accepted.statusCode).toBe(202)
    expect(isReplay(accepted)).toBe(false)
  })

  it.each(['', 'k'.repeat(256)])('is malformed when it is "%s"', async (key) => {
    const answer = await order(key)

    expect(answer.statusCode).toBe(400)
    expect(answer.body).toEqual(problem(400, 'idempotency-key-malformed'))
    expect(await orders()).toEqual([])
  })

  it.each([
    ['the longest beyond ASCII', 'é'.repeat(255)],
    ['looking like SQL', "'; drop table orders.orders; --"],
    ['two headers in one', 'one, two'],
  ])('may be %s', async (_, key) => {
    const first = await order(key)
    const again = await order(key)

    expect(first.statusCode).toBe(202)
    expect(isReplay(again)).toBe(true)
    expect(again.body).toEqual(first.body)
  })

  it('is compared as it was sent: case, spaces, quotes and accents tell keys apart', async () => {
    const keys = ['Abc', 'abc', 'abc ', '"abc"', 'caf\u00e9', 'cafe\u0301', '%61bc', 'abc\\', '\\x61bc']

    const answers = await Promise.all(keys.map((key) => order(key)))

    expect(answers.map(({ statusCode }) => statusCode)).toEqual(keys.map(() => 202))
    expect(answers.some(isReplay)).toBe(false)
    expect(await orders()).toHaveLength(keys.length)
  })
})

/** A busy machine lets some of so many run into their limit, which a client meets by asking again. */
async function persistent(key: string, endpoint: Endpoint): Promise<Answer> {
  for (;;) {
    const answer = await order(key, {}, endpoint)
    if (answer.statusCode !== 503) return answer
  }
}

describe('requests that race with one key', () => {
  it('make one order for each key over three processes, and the same answer for all', async () => {
    const instances = [createOrder, await endpointElsewhere(), await endpointElsewhere()]
    const keys = Array.from({ length: 15 }, newKey)

    const answers = await Promise.all(
      keys.map((key) =>
        Promise.all(instances.flatMap((one) => [persistent(key, one), persistent(key, one)])),
      ),
    )

    for (const ofOneKey of answers) {
      const accepted = ofOneKey.filter(({ statusCode }) => statusCode === 202)
      expect(ofOneKey.every(({ statusCode }) => statusCode === 202 || statusCode === 409)).toBe(true)
      expect(accepted.filter((answer) => !isReplay(answer))).toHaveLength(1)
      expect(new Set(accepted.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    }
    expect(await orders()).toHaveLength(keys.length)
  })

  it('with different bodies make one order over two processes, and the losers get a refusal', async () => {
    const there = await endpointElsewhere()
    const keys = Array.from({ length: 15 }, newKey)

    const answers = await Promise.all(
      keys.map((key) => Promise.all([order(key, { quantity: 1 }), order(key, { quantity: 2 }, there)])),
    )

    for (const statuses of answers.map((both) => both.map(({ statusCode }) => statusCode).sort())) {
      expect(statuses).toEqual([202, 422])
    }
    expect(await orders()).toHaveLength(keys.length)
  })
})

describe('a key that another instance is just taking', () => {
  /** An instance that has taken the key and not committed yet. */
  const takenElsewhere = (key: string) =>
    openTransaction(
      own.databaseUrl,
      ['select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]],
      ['insert into orders.idempotency_keys (key, fingerprint) values ($1, $2)', [key, 'other']],
    )
  /** Resolves when somebody has tried to place an order, which uses up an id, in vain. */
  async function isTried(request: () => Promise<Answer>) {
    const lastId = async () =>
      (await runSql<{ id: string }>(own.databaseUrl, 'select last_value as id from orders.orders_id_seq'))[0]
        ?.id
    const before = await lastId()
    const answer = request()
    await eventually(async () => (await lastId()) !== before)
    return { answer }
  }

  it('is waited for, and taken when the other gives up', async () => {
    const key = newKey()
    const holder = await takenElsewhere(key)
    const { answer } = await isTried(() => order(key))

    await holder.end()

    expect(await answer).toMatchObject({ statusCode: 202 })
    expect(isReplay(await answer)).toBe(false)
  })

  it('makes no order when the other goes through', async () => {
    const key = newKey()
    const holder = await takenElsewhere(key)
    const { answer } = await isTried(() => order(key))

    await holder.end('commit')

    // The other instance of this test has stored no order: there is nothing to show yet.
    expect((await answer).body).toEqual(problem(409, 'idempotency-key-in-progress'))
    expect(await orders()).toEqual([])
  })

  it('is not waited for without end, and does not harm those who come after', async () => {
    const key = newKey()
    const holder = await takenElsewhere(key)

    const answer = await order(key)
    await holder.end()
    const next = await order(newKey())
    const again = await order(key)

    expect(answer.body).toEqual(problem(409, 'idempotency-key-in-progress'))
    expect(next.statusCode).toBe(202)
    expect(again.statusCode).toBe(202)
  })

  it.each([1, 60])('harms nobody who comes with it: %d such keys among 600 orders', async (count) => {
    const guilty = Array.from({ length: count }, newKey)
    const innocent = Array.from({ length: 600 - count }, (_, n) => (n % 2 ? newKey() : undefined))
    const holders = await Promise.all(guilty.map(takenElsewhere))

    const places = (keys: (string | undefined)[]) =>
      keys.map((key) => runUntil(new RequestDeadline(60_000), () => placeOrder(requestWith(key))))
    const [placed, refused] = await Promise.all([Promise.all(places(innocent)), Promise.all(places(guilty))])
    await Promise.all(holders.map((holder) => holder.end()))

    expect(placed.filter(({ outcome }) => outcome !== 'placed')).toHaveLength(0)
    expect(refused.filter(({ outcome }) => outcome !== 'key-locked')).toHaveLength(0)
    expect(await orders()).toHaveLength(600 - count)
  })
})

describe('a key of yesterday', () => {
  it('still stands for its order a minute before its day is over', async () => {
    const key = newKey()
    await order(key)
    await shiftKey(key, '23 hours 59 minutes')

    expect(isReplay(await order(key))).toBe(true)
    expect(await order(key, { quantity: 3 })).toMatchObject({ statusCode: 422 })
  })

  it('is free after 24 hours, for any body, and then stands for the new order', async () => {
    const key = newKey()
    const first = await order(key)
    await shiftKey(key, '24 hours')

    const second = await order(key, { quantity: 3 })
    const again = await order(key, { quantity: 3 })

    expect(second.statusCode).toBe(202)
    expect(isReplay(second)).toBe(false)
    expect(second.body.id).not.toBe(first.body.id)
    expect(again.body).toEqual(second.body)
    expect(isReplay(again)).toBe(true)
  })

  it('makes one order when it is used again over two processes at once', async () => {
    const key = newKey()
    await order(key)
    await shiftKey(key, '25 hours')
    const there = await endpointElsewhere()

    const answers = await Promise.all([order(key), order(key, {}, there)])

    expect(answers.filter((answer) => answer.statusCode === 202 && !isReplay(answer))).toHaveLength(1)
    expect(await orders()).toHaveLength(2)
  })
})

describe('purgeIdempotencyKeys', () => {
  const keysLeft = async () =>
    Number(
      (await runSql<{ count: string }>(own.databaseUrl, 'select count(*) from orders.idempotency_keys'))[0]
        ?.count,
    )
  const purge = () => purgeIdempotencyKeys({}, lambdaContext()) as Promise<{ purged: number }>
  const oldKeys = (count: number) =>
    runSql(
      own.databaseUrl,
      `insert into orders.idempotency_keys (key, fingerprint, created_at)
       select 'old-' || n, 'any', now() - interval '24 hours' - n * interval '1 second' from generate_series(1, $1) n`,
      [count],
    )

  beforeEach(() => runSql(own.databaseUrl, 'truncate orders.idempotency_keys'))

  it('forgets keys that are older than a day, and no others, and says how many', async () => {
    const [young, old] = [newKey(), newKey()]
    await order(young)
    await order(old)
    await shiftKey(young, '23 hours 59 minutes')
    await shiftKey(old, '24 hours')

    const outcome = await purge()

    expect(outcome).toEqual({ purged: 1 })
    expect(await keysLeft()).toBe(1)
    expect(isReplay(await order(young))).toBe(true)
    expect(await orders()).toHaveLength(2)
  })

  it('shares the work among instances that run at once', async () => {
    await oldKeys(500)

    const outcomes = await Promise.all([purge(), purge(), purge()])

    expect(outcomes.reduce((sum, { purged }) => sum + purged, 0)).toBe(500)
    expect(await keysLeft()).toBe(0)
  })

  it('keeps up with a shop that has taken many orders since its last run', async () => {
    await oldKeys(50_000)

    await purge()

    expect(await keysLeft()).toBe(0)
  })
})
