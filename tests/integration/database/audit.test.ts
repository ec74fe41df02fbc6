import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { within } from '@stockroom/runtime/deadline'
import { freePort } from '../../../bench/processes/free-port.ts'
import { main } from '../../../commands/audit/audit.ts'
import { handler as deleteProduct } from '../../../functions/products/delete-product.ts'
import { handler as updateProduct } from '../../../functions/products/update-product.ts'
import { keepToken } from '../../../local/functions/lambda-access.ts'
import { send } from '../../support/endpoint-promises.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { emptyTables, place, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

let dataDirectory: string

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'audit-'))
  // Without RABBITMQ_URL the queues are asked through a shop, and none runs there.
  Object.assign(process.env, { RABBITMQ_URL: '', STOCKROOM_DATA_DIR: dataDirectory })
})

afterAll(() => rm(dataDirectory, { recursive: true }))

beforeEach(() => emptyTables(own.databaseUrl))

const order = async (productId: number, quantity = 1) => (await place({ productId, quantity })).order.id

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
    /** The numbers of the row that begins so. */
    row: (name: number) =>
      lines
        .slice(3)
        .find((line) => line.trim().startsWith(`${name} `))
        ?.trim()
        .split(/\s+/),
  }
}

/** A shop with one confirmed order, one rejected, both of its product. */
async function shop() {
  const product = await storeProduct({ qty: 10 })
  const [confirmed, rejected] = [await order(product.id, 4), await order(product.id, 7)]
  await handOn(broker)
  return { product: product.id, confirmed, rejected }
}

describe('the audit of a shop that keeps its promises', () => {
  it('shows the books, says that they balance, and exits with 0', async () => {
    const { product } = await shop()
    const gone = await storeProduct({ qty: 5 })
    await send(updateProduct, { path: { id: String(product) }, json: { qty: 20 } })
    await send(deleteProduct, { path: { id: String(gone.id) } })
    await order(product, 3)

    const { code, lines, broken, verdict, row } = await audit()

    expect({ code, broken, verdict }).toEqual({ code: 0, broken: [], verdict: 'The books balance.' })
    expect(lines[2]?.trim().split(/\s+/)).toEqual(['3', '1', '1', '1', '0'])
    expect(row(product)).toEqual([product, 10, 14, 4, 4, 0, 0, 20].map(String))
    expect(row(gone.id)).toEqual([gone.id, 5, -5, 0, 0, 0, 0, 'deleted'].map(String))
    expect(lines.join('\n')).toContain('none: the broker in process is stopped')
  })

  it('counts what pending orders have taken as reserved, and what is left in the outboxes', async () => {
    const { product, confirmed } = await shop()
    await own.sql("update orders.orders set status = 'pending', settled_at = null where id = $1", [confirmed])
    await order(product)
    broker.confirms = ({ routingKey }) => routingKey !== 'order.confirmed'
    await handOn(broker)

    const { code, lines, row } = await audit()

    expect(code).toBe(0)
    expect(row(product)).toEqual([product, 10, 0, 5, 1, 0, 4, 5].map(String))
    expect(lines.find((line) => line.startsWith('Outbox'))).toContain('0 events of products, 1 of orders')
  })

  it.each([
    ['where nothing has happened', () => {}],
    ['with an order of a product that there never was', () => order(9_007_199_254_740_991)],
  ])('is fine with a shop %s', async (_, happened) => {
    await happened()
    await handOn(broker)

    expect(await audit()).toMatchObject({ code: 0, broken: [], verdict: 'The books balance.' })
  })
})

describe('the audit of a shop that has broken a promise', () => {
  // Without what forbids it; two indexes find the entries of an order, too.
  beforeAll(() =>
    own.sql(
      `alter table products.products drop constraint stock_is_never_negative;
       alter table products.stock_movements drop constraint orders_take_and_return_and_the_rest_has_no_order;
       drop index products.an_order_is_decided_once, products.an_order_is_returned_once;
       create index decisions_by_order on products.stock_movements (order_id) where kind <> 'return';
       create index returns_by_order on products.stock_movements (order_id) where kind = 'return'`,
    ),
  )

  const enter = (change: number, kind: string) =>
    `insert into products.stock_movements (product_id, order_id, change, kind)
     values ($product, $confirmed, ${change}, '${kind}');
     update products.products set qty = qty + ${change};`
  const stories: [what: string, sql: string, ...violations: string[]][] = [
    [
      'stock that nobody has booked',
      'update products.products set qty = qty + 1',
      'product $product has 7 pieces, but the ledger says 6',
    ],
    ['stock below zero', 'update products.products set qty = -1', 'product $product has a stock of -1'],
    [
      'a product whose stock was not booked out when it was deleted',
      'delete from products.products',
      'product $product has no pieces, but the ledger says 6',
    ],
    ['an order that took its stock twice', enter(-4, 'sale'), 'order $confirmed was decided 2 times'],
    [
      'an order that has given its stock back twice',
      `${enter(4, 'return')} ${enter(4, 'return')} update orders.orders set status = 'cancelled' where id = $confirmed`,
      'order $confirmed was returned 2 times',
    ],
    [
      'a cancelled order that is said to hold no stock, and does',
      "update orders.orders set status = 'cancelled', stock_returned_at = now() where id = $confirmed",
      'order $confirmed is cancelled, but has not given its 4 pieces back',
    ],
    [
      'a confirmed order that took nothing',
      `delete from products.stock_movements where order_id = $confirmed;
       update products.products set qty = qty + 4`,
      'order $confirmed is confirmed, but the ledger has not decided it',
    ],
    [
      'a rejected order that took stock',
      "update orders.orders set status = 'rejected', reason = 'insufficient-stock' where id = $confirmed",
      'order $confirmed is rejected, but has taken 4 pieces',
    ],
    [
      'a confirmed order that was refused its stock',
      "update orders.orders set status = 'confirmed', reason = null where id = $rejected",
      'order $rejected is confirmed, but the ledger refused it (insufficient-stock)',
    ],
    [
      'an order that took more than it was for',
      `update products.stock_movements set change = -5 where order_id = $confirmed;
       update products.products set qty = qty - 1`,
      'order $confirmed is for 4 pieces, but has taken 5',
    ],
    [
      'an order that took the stock of another product',
      'update orders.orders set product_id = 424242 where id = $confirmed',
      'order $confirmed is for product 424242, but was decided for $product',
    ],
    [
      'an order that was lost after it took its stock',
      'delete from orders.orders where id = $confirmed',
      'order $confirmed does not exist, but the ledger has decided it (sale)',
    ],
    [
      'an order newer than all others that was lost after it was decided',
      'delete from orders.orders where id = $rejected',
      'order $rejected does not exist, but the ledger has decided it (insufficient-stock)',
    ],
    [
      'pieces that were sold of a product that never was',
      `update products.stock_movements set product_id = 424242, change = -7, kind = 'sale' where order_id = $rejected;
       update orders.orders set product_id = 424242, status = 'confirmed', reason = null where id = $rejected`,
      'product 424242 has no pieces, but the ledger says -7',
    ],
    [
      'two rows at once, one of them a rejected order that nobody has decided',
      `update products.products set qty = 0;
       delete from products.stock_movements where order_id = $rejected`,
      'order $rejected is rejected, but the ledger has not decided it',
      'product $product has 0 pieces, but the ledger says 6',
    ],
  ]

  it.each(stories)('names %s, and exits with 1', async (_, sql, ...violations) => {
    const ids: Record<string, number> = await shop()
    const withIds = (text: string) => text.replaceAll(/\$(\w+)/g, (_, name) => String(ids[name]))
    await own.sql(withIds(sql))

    const { code, broken, verdict } = await audit()

    expect({ code, broken }).toEqual({ code: 1, broken: violations.map(withIds) })
    expect(verdict).toMatch(/^The books do not balance: \d+ violations?\.$/)
  })
})

describe('the audit of a shop whose queues it asks for through its Lambda port', () => {
  /** Takes an audit while something takes invocations there, as a shop that wants a token. */
  async function auditWhere(answer: RequestListener) {
    const lambdaPort = await freePort()
    const { token, forget } = await keepToken({ dataDirectory, lambdaPort })
    const server = createServer((request, response) => {
      if (request.headers['x-stockroom-token'] === token) answer(request, response)
      else response.writeHead(403).end()
    })
    await once(server.listen(lambdaPort, '127.0.0.1'), 'listening')
    const outcome = await within(60_000, audit())
    await forget()
    server.closeAllConnections()
    await once(server.close(), 'close')
    return outcome
  }

  it('shows what the shop says of its queues', async () => {
    const inspection = { ready: { 'stock-reduction': 7, 'order-settlement': 0 }, deadLetters: [] }

    const { code, lines } = await auditWhere((_, response) => response.end(JSON.stringify(inspection)))

    expect(code).toBe(0)
    expect(lines.join('\n')).toContain('7 in stock-reduction, 0 in order-settlement')
  })

  it('says in clear words that a shop whose broker is away can not tell', async () => {
    const body = { errorType: 'Unavailable', errorMessage: 'The broker is unavailable' }

    const { code, lines } = await auditWhere((_, response) => response.end(JSON.stringify(body)))

    expect([code, lines]).toEqual([1, ["The shop that runs there can't tell of its queues."]])
  })

  it('does not wait for an answer without end', async () => {
    expect((await auditWhere(() => {})).code).toBe(1)
  })
})
