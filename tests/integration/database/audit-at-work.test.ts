import { beforeEach, describe, expect, it } from '@jest/globals'
import { reconcile } from '../../../commands/audit/reconciliation.ts'
import { handOn } from '../../support/loopback-shop.ts'
import { openTransaction, somebodyWaits } from '../../support/other-session.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { emptyTables, place, storeProduct } from '../../support/stories.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(() => emptyTables(own.databaseUrl))

const order = (productId: number, quantity: number) => place({ productId, quantity })

/** An audit that has read the orders, and waits for the ledger until the session that is resolved with it ends. */
async function auditInTheMiddle() {
  const ledger = await openTransaction(own.databaseUrl, ['lock table products.stock_movements'])
  const reconciling = reconcile()
  await somebodyWaits(own.databaseUrl)
  return { reconciling, ledger }
}

describe('the audit of a shop at work raises no false alarm', () => {
  it('while orders flow, with every message twice', async () => {
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
    expect([...audits, last].flatMap(({ violations }) => violations)).toEqual([])
    expect(last.orders.pending).toBe(0)
    expect(last.products.map(({ sold, gone }) => sold - gone)).toEqual([0, 0])
  })

  it('for an order that is cancelled, and gives its stock back, after it was read', async () => {
    const product = await storeProduct({ qty: 10 })
    await order(product.id, 4)
    await handOn(broker)
    const { reconciling, ledger } = await auditInTheMiddle()

    await own.sql("update orders.orders set status = 'cancelled'")
    await ledger.run(
      `insert into products.stock_movements (product_id, order_id, change, kind)
       select product_id, id, 4, 'return' from orders.orders`,
    )
    await ledger.run('update products.products set qty = qty + 4')
    await ledger.end('commit')

    expect(await reconciling).toMatchObject({ violations: [], orders: { cancelled: 1 }, returning: 1 })
  })

  it('for an order that is committed after one with a higher id', async () => {
    await storeProduct({ qty: 10 })
    const insert = `insert into orders.orders (product_id, quantity, unit_price, total_price)
                    select id, 1, 1, 1 from products.products`
    const slow = await openTransaction(own.databaseUrl, [insert])
    await own.sql(insert)
    const { reconciling, ledger } = await auditInTheMiddle()

    await slow.end('commit')
    await ledger.run(
      `insert into products.stock_movements (product_id, order_id, change, kind)
       select product_id, min(id), -1, 'sale' from orders.orders group by product_id`,
    )
    await ledger.run('update products.products set qty = qty - 1')
    await ledger.end('commit')

    expect((await reconciling).violations).toEqual([])
  })
})
