import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { runSql } from '../../../bench/services/databases.ts'
import { main } from '../../../commands/after-restore.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownServices } from '../../support/own-services.ts'
import { orderCreatedMessage, storeProduct } from '../../support/stories.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.withQueues(own)
const filled = ['stock-reduction', 'order-settlement', 'stock-reduction.dead', 'order-settlement.dead']

beforeEach(async () => {
  for (const queue of filled) broker.channel.sendToQueue(queue, Buffer.from('old'))
  for (const queue of filled) await broker.holds(queue, 1)
})

/** Runs the command as `npm run after-restore` does. */
async function afterRestore() {
  const lines: string[] = []
  const code = await main((line) => lines.push(line))
  return { code, lines }
}

/** The ids of a product and of an order that come next. */
async function nextIds(): Promise<number[]> {
  const { id } = await storeProduct()
  return [id, (await orderCreatedMessage({ productId: id })).body.orderId]
}

const identities = async () =>
  (
    await runSql<{ id: string }>(
      own.databaseUrl,
      'select id from products.identity union all select id from orders.identity',
    )
  ).map(({ id }) => id)

const areOthers = (before: string[], after: string[]) =>
  before.length === 2 && after.length === 2 && !after.some((id) => before.includes(id))

const step = 1_000_000_000
const isLeftOut = ([productId, orderId]: number[], [nextProductId, nextOrderId]: number[]) =>
  (nextProductId as number) >= (productId as number) + step &&
  (nextOrderId as number) >= (orderId as number) + step

describe('npm run after-restore', () => {
  it('throws away what waits in the queues, and leaves dead letters to a person', async () => {
    const { code, lines } = await afterRestore()

    expect({ code, lines: lines.slice(0, 3) }).toEqual({
      code: 0,
      lines: [
        'stock-reduction: 1 messages thrown away',
        'order-settlement: 1 messages thrown away',
        'stock-return: 0 messages thrown away',
      ],
    })
    expect(await Promise.all(filled.map((queue) => broker.count(queue)))).toEqual([0, 0, 1, 1])
  })

  it('leaves out the ids that may have been used since the backup, and disowns the copies in the cache', async () => {
    const before = await nextIds()
    const copiesOf = await identities()

    const { lines } = await afterRestore()

    const after = await nextIds()
    expect(isLeftOut(before, after)).toBe(true)
    expect(areOthers(copiesOf, await identities())).toBe(true)
    expect(lines.slice(3)).toEqual([
      `products: new ones get ids above ${(after[0] as number) - 1}`,
      `orders: new ones get ids above ${(after[1] as number) - 1}`,
    ])
  })

  it('leaves out those of rows that were copied back with their ids, too', async () => {
    const [, orderId = 0] = await nextIds()
    const copied = orderId + 2 * step
    await runSql(
      own.databaseUrl,
      `insert into orders.orders (id, product_id, quantity, unit_price, total_price)
       overriding system value values ($1, 1, 1, 1, 1)`,
      [copied],
    )

    await afterRestore()

    expect((await nextIds())[1]).toBeGreaterThan(copied)
  })

  it('does nothing while somebody consumes a queue, and says so', async () => {
    const before = await nextIds()
    const { consumerTag } = await broker.channel.consume('order-settlement', () => {})

    const { code, lines } = await afterRestore()

    await broker.channel.cancel(consumerTag)
    await broker.channel.recover()
    expect({ code, lines }).toEqual({
      code: 1,
      lines: ['Somebody consumes order-settlement: stop every process of the shop first.'],
    })
    expect(isLeftOut(before, await nextIds())).toBe(false)
    expect(await broker.count('stock-reduction')).toBe(1)
  })
})

describe('the SQL of docs/operations.md for a database without a way to it', () => {
  it('leaves out as many ids, and disowns the copies in the cache', async () => {
    const page = readFileSync('docs/operations.md', 'utf8')
    const statements = [...page.matchAll(/```sql\n(.+?)```/gs)].flatMap(([, block = '']) => block)
    const before = await nextIds()
    const copiesOf = await identities()

    for (const statement of statements) await runSql(own.databaseUrl, statement)

    expect(statements).toHaveLength(1)
    expect(areOthers(copiesOf, await identities())).toBe(true)
    expect(isLeftOut(before, await nextIds())).toBe(true)
  })
})
