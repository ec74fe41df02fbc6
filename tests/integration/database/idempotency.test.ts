import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { RequestDeadline, runUntil } from '@stockroom/runtime/commit-deadline'
import { eventually } from '../../../bench/processes/eventually.ts'
import { handler as createOrder } from '../../../functions/orders/create-order.ts'
import { placeOrder } from '../../../functions/orders/order-placement.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { problem, send } from '../../support/endpoint-promises.ts'
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

const isReplay = ({ headers }: Answer) => headers['idempotent-replayed'] === 'true'

/** The orders that are there of the test's product. */
const orders = () =>
  own.sql<{ id: string; quantity: number }>(
    'select id, quantity from orders.orders where product_id = $1 order by id',
    [product.id],
  )

const shiftKey = (key: string, interval: string) =>
  own.sql('update orders.idempotency_keys set created_at = now() - $2::interval where key = $1', [
    key,
    interval,
  ])

/** The endpoint in another process. */
async function endpointElsewhere(): Promise<Endpoint> {
  const load = () => import('../../../functions/orders/create-order.ts')
  const { handler, shutDown } = await anotherInstance(own, load)
  closing.push(shutDown)
  return handler
}

describe('a request that comes again with its key', () => {
  it('gets the first answer: same body, same Location, and says that it is a replay; the effect is one', async () => {
    const key = newKey()
    const first = await order(key)

    const again = await send(createOrder, {
      route: 'POST /orders',
      body: `{ "quantity" : 2.0,\n "productId": ${product.id} }`,
      headers: { 'content-type': 'application/json; charset=utf-8', 'idempotency-key': key },
    })

    expect([first.statusCode, isReplay(first)]).toEqual([202, false])
    expect(again).toEqual({
      ...first,
      headers: { ...first.headers, 'idempotent-replayed': 'true', 'x-request-id': expect.any(String) },
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

  it('is compared as it was sent, in full: case, spaces, quotes and accents tell keys apart', async () => {
    const texts =
      'Abc|abc|abc |"abc"|caf\u00e9|cafe\u0301|%61bc|abc\\|\\x61bc|one, two|\'; drop table orders.orders; --'
    const keys = [...texts.split('|'), 'é'.repeat(255), `${'é'.repeat(254)}e`]

    const first = await Promise.all(keys.map((key) => order(key)))
    const again = await Promise.all(keys.map((key) => order(key)))

    expect(first.map(({ statusCode }) => statusCode)).toEqual(keys.map(() => 202))
    expect(first.some(isReplay)).toBe(false)
    expect(again.every(isReplay)).toBe(true)
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body))
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
  /** Orders with the key, and lets the other one end when that was tried, which uses up an id, in vain. */
  async function orderUntil(outcome: 'commit' | 'rollback') {
    const key = newKey()
    const holder = await takenElsewhere(key)
    const lastId = async () => JSON.stringify(await own.sql('select last_value from orders.orders_id_seq'))
    const before = await lastId()
    const answer = order(key)
    await eventually(async () => (await lastId()) !== before)
    await holder.end(outcome)
    return answer
  }

  it('is waited for, and taken when the other gives up', async () => {
    const answer = await orderUntil('rollback')

    expect([answer.statusCode, isReplay(answer)]).toEqual([202, false])
  })

  it('makes no order when the other goes through', async () => {
    const answer = await orderUntil('commit')

    // The other instance of this test has stored no order: there is nothing to show yet.
    expect(answer.body).toEqual(problem(409, 'idempotency-key-in-progress'))
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
    expect([next.statusCode, again.statusCode]).toEqual([202, 202])
  })

  it.each([1, 60])('harms nobody who comes with it: %d such keys among 600 orders', async (count) => {
    const guilty = Array.from({ length: count }, newKey)
    const innocent = Array.from({ length: 600 - count }, (_, n) => (n % 2 ? newKey() : undefined))
    const holders = await Promise.all(guilty.map(takenElsewhere))

    const draft = { productId: product.id, quantity: 1, unitPrice: 1, totalPrice: 1, requestId: 'request-1' }
    const place = (key: string | undefined) =>
      runUntil(new RequestDeadline(60_000), () =>
        placeOrder({ draft, idempotency: key === undefined ? undefined : { key, fingerprint: 'any' } }),
      )
    const [placed, refused] = await Promise.all([
      Promise.all(innocent.map(place)),
      Promise.all(guilty.map(place)),
    ])
    await Promise.all(holders.map((holder) => holder.end()))

    expect(new Set(placed.map(({ outcome }) => outcome))).toEqual(new Set(['placed']))
    expect(new Set(refused.map(({ outcome }) => outcome))).toEqual(new Set(['key-locked']))
    expect(await orders()).toHaveLength(600 - count)
  })
})

describe('a key of yesterday', () => {
  it('stands for its order until its day is over, then is free for any body, and stands for the new order', async () => {
    const key = newKey()
    await order(key)
    await shiftKey(key, '23 hours 59 minutes')
    const late = [await order(key), await order(key, { quantity: 3 })]
    await shiftKey(key, '24 hours')

    const second = await order(key, { quantity: 3 })
    const again = await order(key, { quantity: 3 })

    expect(late.map(({ statusCode }) => statusCode)).toEqual([202, 422])
    expect([...late, second, again].map(isReplay)).toEqual([true, false, false, true])
    expect(second).toMatchObject({ statusCode: 202, body: { quantity: 3 } })
    expect(again.body).toEqual(second.body)
    expect(await orders()).toHaveLength(2)
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
