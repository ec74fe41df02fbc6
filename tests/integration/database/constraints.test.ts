import { describe, expect, it } from '@jest/globals'
import { ownServices } from '../../support/own-services.ts'

const own = ownServices()

const sql = (text: string) => own.sql<{ id: string }>(text)

const order = (members: Record<string, string | number> = {}) => {
  const row = { product_id: 1, quantity: 3, unit_price: 19.99, total_price: 59.97, ...members }
  return `insert into orders.orders (${Object.keys(row)}) values (${Object.values(row)})`
}

const movement = (members: Record<string, string | number>) => {
  const row = { product_id: 1, ...members }
  return `insert into products.stock_movements (${Object.keys(row)}) values (${Object.values(row)})`
}

const product = (name: string, price: number, qty: number) =>
  `insert into products.products (name, price, qty) values ('${name}', ${price}, ${qty})`

describe('the database itself', () => {
  it('refuses stock below zero', async () => {
    await sql(product('Mug', 12.5, 2))

    const overselling = sql('update products.products set qty = qty - 3')

    await expect(overselling).rejects.toMatchObject({ constraint: 'stock_is_never_negative' })
  })

  it.each([
    ['a product without a name', product('', 1, 1)],
    ['a negative price', product('Mug', -0.01, 1)],
    ['a stock above a billion', product('Mug', 1, 1_000_000_001)],
    ['an unknown status', order({ status: "'lost'" })],
    ['an unknown reason', order({ status: "'rejected'", reason: "'bad-mood'", settled_at: 'now()' })],
    ['an order of nothing', order({ quantity: 0, total_price: 0 })],
    ['an order of more than a million', order({ quantity: 1_000_001, total_price: 19990019.99 })],
    ['a pending order with a time of settlement', order({ settled_at: 'now()' })],
    ['a confirmed order without a time of settlement', order({ status: "'confirmed'" })],
    ['a rejected order without a reason', order({ status: "'rejected'", settled_at: 'now()' })],
    [
      'a confirmed order with a reason',
      order({ status: "'confirmed'", settled_at: 'now()', reason: "'insufficient-stock'" }),
    ],
    ['a sale without an order', movement({ change: -1, kind: "'sale'" })],
    ['a sale that adds stock', movement({ order_id: 900, change: 1, kind: "'sale'" })],
    ['a rejection that takes stock', movement({ order_id: 901, change: -1, kind: "'insufficient-stock'" })],
    ['an adjustment by an order', movement({ order_id: 902, change: -1, kind: "'adjustment'" })],
    ['a sale with a reason', movement({ order_id: 903, change: -1, kind: "'sale'", reason: "'Broken'" })],
    ['an empty reason', movement({ change: 1, kind: "'adjustment'", reason: "''" })],
    ['a return without an order', movement({ change: 1, kind: "'return'" })],
    ['a return that takes stock', movement({ order_id: 904, change: -1, kind: "'return'" })],
    ['a cancellation that takes stock', movement({ order_id: 905, change: -1, kind: "'cancelled'" })],
    [
      'a confirmed order that has returned its stock',
      order({ status: "'confirmed'", settled_at: 'now()', stock_returned_at: 'now()' }),
    ],
    ['a cancelled order without a time', order({ status: "'cancelled'" })],
    ['an unknown kind of movement', movement({ change: 1, kind: "'gift'" })],
  ])('refuses %s', async (_what, statement) => {
    await expect(sql(statement)).rejects.toMatchObject({ code: '23514' })
  })

  it('refuses a total that is not quantity times price', async () => {
    await expect(sql(order({ total_price: 59.98 }))).rejects.toMatchObject({
      constraint: 'the_total_is_exact',
    })
  })

  it('refuses to decide an order twice', async () => {
    await sql(movement({ order_id: 77, change: -1, kind: "'sale'" }))

    const again = sql(movement({ order_id: 77, change: 0, kind: "'insufficient-stock'" }))

    await expect(again).rejects.toMatchObject({ constraint: 'an_order_is_decided_once' })
  })

  it('lets an order be decided and returned, each once', async () => {
    await sql(movement({ order_id: 78, change: -1, kind: "'sale'" }))
    await sql(movement({ order_id: 78, change: 1, kind: "'return'" }))

    const again = await Promise.allSettled([
      sql(movement({ order_id: 78, change: 1, kind: "'return'" })),
      sql(movement({ order_id: 78, change: 0, kind: "'cancelled'" })),
    ])

    expect(again).toMatchObject([
      { reason: { constraint: 'an_order_is_returned_once' } },
      { reason: { constraint: 'an_order_is_decided_once' } },
    ])
  })

  it('lets any number of adjustments stand beside each other', async () => {
    const adjustment = movement({ product_id: 5, change: 1, kind: "'adjustment'" })

    await expect(Promise.all([sql(adjustment), sql(adjustment)])).resolves.toBeDefined()
  })
})
