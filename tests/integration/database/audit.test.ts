import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { within } from '@stockroom/runtime/deadline'
import pg from 'pg'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { main } from '../../../commands/audit/audit.ts'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { findOrder } from '../../../functions/orders/order-store.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { keepToken } from '../../../local/functions/lambda-access.ts'
import { send } from '../../support/endpoint-promises.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { place, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

let dataDirectory: string

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'audit-'))
  // Without RABBITMQ_URL the queues are asked through a shop, and none runs there.
  Object.assign(process.env, { RABBITMQ_URL: '', STOCKROOM_DATA_DIR: dataDirectory })
})

afterAll(() => rm(dataDirectory, { recursive: true }))

beforeEach(async () => {
  broker.reset()
  await sql(
    'truncate products.products, products.stock_movements, products.outbox, orders.orders, orders.idempotency_keys, orders.outbox',
  )
})

const sql = (statement: string, values: unknown[] = []) =>
  runSql<{ id: string }>(own.databaseUrl, statement, values)

const order = async (productId: number, quantity = 1) => {
  const { order } = await place({
    productId,
    quantity,
    unitPrice: 1,
    totalPrice: quantity,
    requestId: 'request-1',
  })
  return order
}

/** Takes an audit as `npm run audit` does. */
async function audit() {
  const printed: string[] = []
  const code = await main((line) => printed.push(line))
  const lines = printed.join('\n').split('\n')
  return {
    code,
    lines,
    broken: lines.flatMap((line) => /^BROKEN {2}(.*)$/.exec(line)?.[1] ?? []),
    verdict: lines.at(-1),
  }
}
const numbers = (line = '') => line.trim().split(/\s+/)

/** A shop with one confirmed order, one rejected, both of the product. */
async function shop() {
  const product = await storeProduct({ qty: 10 })
  const confirmed = await order(product.id, 4)
  const rejected = await order(product.id, 7)
  await handOn(broker)
  return { productId: product.id, confirmed: confirmed.id, rejected: rejected.id }
}

describe('the audit of a shop that keeps its promises', () => {
  it('shows the books, says that they balance, and exits with 0', async () => {
    const { productId, confirmed } = await shop()
    const gone = await storeProduct({ qty: 5 })
    await send(updateProduct, { path: { id: String(productId) }, json: { qty: 20 } })
    await send(deleteProduct, { path: { id: String(gone.id) } })
    await order(productId, 3)

    const { code, lines, broken, verdict } = await audit()

    expect((await findOrder(confirmed))?.status).toBe('confirmed')
    expect({ code, broken, verdict }).toEqual({ code: 0, broken: [], verdict: 'The books balance.' })
    expect(numbers(lines[2])).toEqual(['3', '1', '1', '1', '0'])
    expect(numbers(lines.find((line) => line.trim().startsWith(`${productId} `)))).toEqual(
      [productId, 10, 14, 4, 4, 0, 0, 20].map(String),
    )
    expect(numbers(lines.find((line) => line.trim().startsWith(`${gone.id} `)))).toEqual(
      [gone.id, 5, -5, 0, 0, 0, 0, 'deleted'].map(String),
    )
    expect(lines.join('\n')).toContain('none: the broker in process is stopped')
  })

  it('counts what pending orders have taken as reserved', async () => {
    const { id } = await storeProduct({ qty: 10 })
    const { id: orderId } = await order(id, 3)
    await handOn(broker)
    await sql("update orders.orders set status = 'pending', settled_at = null where id = $1", [orderId])

    const { code, lines } = await audit()

    expect(code).toBe(0)
    expect(numbers(lines[6])).toEqual([id, 10, 0, 3, 0, 0, 3, 7].map(String))
  })

  it('counts what is left in the outboxes', async () => {
    await order((await storeProduct({ qty: 10 })).id)
    broker.confirms = ({ routingKey }) => routingKey !== 'order.confirmed'
    await handOn(broker)

    const { code, lines } = await audit()

    expect(code).toBe(0)
    expect(lines.find((line) => line.startsWith('Outbox'))).toContain('0 events of products, 1 of orders')
  })

  it('is fine with a shop where nothing has happened', async () => {
    expect(await audit()).toMatchObject({ code: 0, verdict: 'The books balance.' })
  })

  it('is fine with an order of a product that there never was', async () => {
    await order(9_007_199_254_740_991)
    await handOn(broker)

    expect(await audit()).toMatchObject({ code: 0, broken: [] })
  })
})

describe('the audit of a shop that has broken a promise', () => {
  type Shop = Awaited<ReturnType<typeof shop>>

  beforeAll(async () => {
    await sql(`alter table products.products drop constraint stock_is_never_negative`)
    await sql(
      `alter table products.stock_movements drop constraint orders_take_and_return_and_the_rest_has_no_order`,
    )
    await sql('drop index products.an_order_is_decided_once, products.an_order_is_returned_once')
    // They find the entries of an order, too.
    await sql(
      'create index decisions_by_order on products.stock_movements (order_id) where kind <> $$return$$',
    )
    await sql('create index returns_by_order on products.stock_movements (order_id) where kind = $$return$$')
  })

  const sale = "product_id, order_id, change, kind) values ($1, $2, $3, 'sale')"
  const stories: [string, (shop: Shop) => Promise<unknown>, (shop: Shop) => string[]][] = [
    [
      'stock that nobody has booked',
      ({ productId }) => sql('update products.products set qty = qty + 1 where id = $1', [productId]),
      ({ productId }) => [`product ${productId} has 7 pieces, but the ledger says 6`],
    ],
    [
      'stock below zero',
      ({ productId }) => sql('update products.products set qty = -1 where id = $1', [productId]),
      ({ productId }) => [`product ${productId} has a stock of -1`],
    ],
    [
      'a product whose stock was not booked out when it was deleted',
      ({ productId }) => sql('delete from products.products where id = $1', [productId]),
      ({ productId }) => [`product ${productId} has no pieces, but the ledger says 6`],
    ],
    [
      'an order that took its stock twice',
      async ({ productId, confirmed }) => {
        await sql(`insert into products.stock_movements (${sale}`, [productId, confirmed, -4])
        await sql('update products.products set qty = qty - 4 where id = $1', [productId])
      },
      ({ confirmed }) => [`order ${confirmed} was decided 2 times`],
    ],
    [
      'an order that has given its stock back twice',
      async ({ productId, confirmed }) => {
        const giveBack = `insert into products.stock_movements (${sale.replace('sale', 'return')}`
        await sql(giveBack, [productId, confirmed, 4])
        await sql(giveBack, [productId, confirmed, 4])
        await sql('update products.products set qty = qty + 8 where id = $1', [productId])
        await sql(`update orders.orders set status = 'cancelled' where id = $1`, [confirmed])
      },
      ({ confirmed }) => [`order ${confirmed} was returned 2 times`],
    ],
    [
      'a cancelled order that is said to hold no stock, and does',
      ({ confirmed }) =>
        sql(`update orders.orders set status = 'cancelled', stock_returned_at = now() where id = $1`, [
          confirmed,
        ]),
      ({ confirmed }) => [`order ${confirmed} is cancelled, but has not given its 4 pieces back`],
    ],
    [
      'a confirmed order that took nothing',
      async ({ productId, confirmed }) => {
        await sql('delete from products.stock_movements where order_id = $1', [confirmed])
        await sql('update products.products set qty = qty + 4 where id = $1', [productId])
      },
      ({ confirmed }) => [`order ${confirmed} is confirmed, but the ledger has not decided it`],
    ],
    [
      'a rejected order that nobody has decided',
      ({ rejected }) => sql('delete from products.stock_movements where order_id = $1', [rejected]),
      ({ rejected }) => [`order ${rejected} is rejected, but the ledger has not decided it`],
    ],
    [
      'a rejected order that took stock',
      ({ confirmed }) =>
        sql("update orders.orders set status = 'rejected', reason = 'insufficient-stock' where id = $1", [
          confirmed,
        ]),
      ({ confirmed }) => [`order ${confirmed} is rejected, but has taken 4 pieces`],
    ],
    [
      'a confirmed order that was refused its stock',
      ({ rejected }) =>
        sql("update orders.orders set status = 'confirmed', reason = null where id = $1", [rejected]),
      ({ rejected }) => [`order ${rejected} is confirmed, but the ledger refused it (insufficient-stock)`],
    ],
    [
      'an order that took more than it was for',
      async ({ productId, confirmed }) => {
        await sql('update products.stock_movements set change = -5 where order_id = $1', [confirmed])
        await sql('update products.products set qty = qty - 1 where id = $1', [productId])
      },
      ({ confirmed }) => [`order ${confirmed} is for 4 pieces, but has taken 5`],
    ],
    [
      'an order that took the stock of another product',
      async ({ confirmed }) => {
        const other = await storeProduct({ qty: 5 })
        await sql('update orders.orders set product_id = $2 where id = $1', [confirmed, other.id])
      },
      ({ productId, confirmed }) => [
        expect.stringMatching(
          new RegExp(`^order ${confirmed} is for product \\d+, but was decided for ${productId}$`),
        ) as unknown as string,
      ],
    ],
    [
      'an order that was lost after it took its stock',
      ({ confirmed }) => sql('delete from orders.orders where id = $1', [confirmed]),
      ({ confirmed }) => [`order ${confirmed} does not exist, but the ledger has decided it (sale)`],
    ],
    [
      'an order newer than all others that was lost after it took its stock',
      async ({ productId }) => {
        const { id } = await order(productId)
        await handOn(broker)
        await sql('delete from orders.orders where id = $1', [id])
        lost = id
      },
      () => [`order ${lost} does not exist, but the ledger has decided it (sale)`],
    ],
    [
      'pieces that were sold of a product that never was',
      async () => {
        const { id } = await order(424_242)
        await sql(
          "insert into products.stock_movements (product_id, order_id, change, kind) values (424242, $1, -1, 'sale')",
          [id],
        )
        await sql("update orders.orders set status = 'confirmed', settled_at = now() where id = $1", [id])
      },
      () => ['product 424242 has no pieces, but the ledger says -1'],
    ],
    [
      'two rows at once',
      async ({ productId, rejected }) => {
        await sql('update products.products set qty = 0 where id = $1', [productId])
        await sql('delete from products.stock_movements where order_id = $1', [rejected])
      },
      ({ productId, rejected }) => [
        `order ${rejected} is rejected, but the ledger has not decided it`,
        `product ${productId} has 0 pieces, but the ledger says 6`,
      ],
    ],
  ]
  let lost = 0

  it.each(stories)('names %s, and exits with 1', async (_, violation, names) => {
    const facts = await shop()
    await violation(facts)

    const { code, broken, verdict } = await audit()

    expect(broken).toEqual(names(facts))
    expect(code).toBe(1)
    expect(verdict).toMatch(/^The books do not balance: \d+ violations?\.$/)
  })
})

describe('the audit of a shop at work', () => {
  it('raises no false alarm while orders flow, with every message twice', async () => {
    const products = await Promise.all([storeProduct({ qty: 100 }), storeProduct({ qty: 100_000 })])
    let isOver = false
    const customers = Array.from({ length: 4 }, async () => {
      while (!isOver) await Promise.all(products.map(({ id }) => order(id, 2)))
    })
    const consumer = (async () => {
      while (!isOver) {
        await handOn(broker)
        await new Promise(setImmediate)
      }
    })()

    const audits: Awaited<ReturnType<typeof reconcile>>[] = []
    const accepted = () => Number(audits.at(-1)?.orders.accepted ?? 0)
    while (audits.length < 10 || accepted() < 100) audits.push(await reconcile())
    isOver = true
    await Promise.all([...customers, consumer])
    await handOn(broker)

    const last = await reconcile()
    expect(audits.flatMap(({ violations }) => violations)).toEqual([])
    expect(last.violations).toEqual([])
    expect(last.orders.pending).toBe(0)
    expect(last.products.map(({ sold, gone }) => sold - gone)).toEqual([0, 0])
  })

  it('raises no false alarm for an order that is cancelled, and gives its stock back, after it was read', async () => {
    const { productId, confirmed } = await shop()
    const ledger = await connect('begin')
    await ledger.query('lock table products.stock_movements')
    const reconciling = reconcile()
    await eventually(async () => (await waitingForLocks()) > 0)

    await sql(`update orders.orders set status = 'cancelled' where id = $1`, [confirmed])
    await ledger.query(
      "insert into products.stock_movements (product_id, order_id, change, kind) values ($1, $2, 4, 'return')",
      [productId, confirmed],
    )
    await ledger.query('update products.products set qty = qty + 4 where id = $1', [productId])
    await ledger.query('commit')
    await ledger.end()

    expect(await reconciling).toMatchObject({ violations: [], orders: { cancelled: 1 }, returning: 1 })
  })

  it('raises no false alarm for an order that is committed after one with a higher id', async () => {
    const { id: productId } = await storeProduct({ qty: 10 })
    const slow = await connect('begin')
    const insert =
      'insert into orders.orders (product_id, quantity, unit_price, total_price) values ($1, 1, 1, 1) returning id'
    const { rows } = await slow.query(insert, [productId])
    await sql(insert, [productId]) // of another instance, with a higher id
    const ledger = await connect('begin')
    await ledger.query('lock table products.stock_movements')
    const reconciling = reconcile()
    await eventually(async () => (await waitingForLocks()) > 0)

    await slow.query('commit')
    await ledger.query(
      "insert into products.stock_movements (product_id, order_id, change, kind) values ($1, $2, -1, 'sale')",
      [productId, rows[0].id],
    )
    await ledger.query('update products.products set qty = qty - 1 where id = $1', [productId])
    await ledger.query('commit')
    await Promise.all([slow.end(), ledger.end()])

    expect((await reconciling).violations).toEqual([])
  })
})

describe('the audit of a shop whose queues it asks for through its Lambda port', () => {
  const servers: Server[] = []
  const forgetTokens: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const forget of forgetTokens.splice(0)) await forget()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  /** Lets something take invocations there, as a shop that wants a token. */
  async function listen(answer: RequestListener): Promise<void> {
    const lambdaPort = await freePort()
    const { token, forget } = await keepToken({ dataDirectory, lambdaPort })
    forgetTokens.push(forget)
    const guarded: RequestListener = (request, response) =>
      request.headers['x-stockroom-token'] === token
        ? answer(request, response)
        : response.writeHead(403).end()
    const server = createServer(guarded).listen(lambdaPort, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
  }

  it('shows what the shop says of its queues', async () => {
    const inspection = { ready: { 'stock-reduction': 7, 'order-settlement': 0 }, deadLetters: [] }
    await listen((_, response) => response.end(JSON.stringify(inspection)))

    const { code, lines } = await audit()

    expect(code).toBe(0)
    expect(lines.join('\n')).toContain('7 in stock-reduction, 0 in order-settlement')
  })

  it('says in clear words that a shop whose broker is away can not tell', async () => {
    const body = { errorType: 'Unavailable', errorMessage: 'The broker is unavailable' }
    await listen((_request, response) => response.end(JSON.stringify(body)))

    const { code, lines } = await audit()

    expect({ code, lines }).toEqual({
      code: 1,
      lines: ["The shop that runs there can't tell of its queues."],
    })
  })

  it('does not wait for an answer without end', async () => {
    await listen(() => {})

    expect((await within(60_000, audit())).code).toBe(1)
  })
})

async function connect(first: string): Promise<pg.Client> {
  const client = new pg.Client(own.databaseUrl)
  await client.connect()
  await client.query(first)
  return client
}

const waitingForLocks = async () =>
  (
    await sql(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
  ).length
