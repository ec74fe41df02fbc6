import { setTimeout as pause } from 'node:timers/promises'
import { prepareSession, sessionSettings } from '@stockroom/database/session-settings'
import pg from 'pg'
import { eventually } from '../../support/eventually.ts'
import { runSql } from '../../support/test-database.ts'
import type { Scenario, Stage } from '../scenario.ts'

const slowestSettlementSeconds = 5
/** After 10 s the server ends a session that leaves its transaction alone. */
const orphansEndWithinMs = 15_000

/** A session as the shop opens it, within a transaction that nobody will end. */
async function orphan(stage: Stage, sql: string, values: unknown[]): Promise<pg.Client> {
  const client = new pg.Client(stage.bench.urls.DATABASE_URL)
  client.on('error', () => {}) // that it was ended
  await client.connect()
  await prepareSession(client, sessionSettings(1500))
  await client.query('begin')
  await client.query(sql, values)
  return client
}

const lockedProduct = ({ productIds }: Stage) => productIds.at(-1) as number

/** The instance that locked a product is gone, and its connection still stands. */
const orphanedLock: Scenario = {
  name: 'orphaned-lock',
  injected: 'a product locked by a session that vanished in its transaction',
  needs: ['database'],
  quick: true,
  async inject(stage) {
    const id = lockedProduct(stage)
    const lock = 'select 1 from products.products where id = $1 for update'
    const client = await orphan(stage, lock, [id])
    stage.load.phase = 'locked'
    const url = stage.bench.urls.DATABASE_URL
    await pause(6000)
    const pending = `select 1 from orders.orders where status = 'pending' and product_id = $1 limit 1`
    if ((await runSql(url, pending, [id])).length === 0) throw new Error('no order waits for the product')
    const isFree = () =>
      runSql(url, `${lock} nowait`, [id]).then(
        () => true,
        () => false,
      )
    await eventually(isFree, orphansEndWithinMs).finally(() => client.end().catch(() => {}))
    stage.load.phase = 'healthy'
  },
  async verify(stage) {
    const [row] = await runSql<{ seconds: number }>(
      stage.bench.urls.DATABASE_URL,
      `select extract(epoch from max(settled_at - created_at))::float as seconds
         from orders.orders where product_id = any($1) and product_id <> $2`,
      [stage.productIds, lockedProduct(stage)],
    )
    if (!row || row.seconds > slowestSettlementSeconds)
      throw new Error(`an order of another product took ${row?.seconds} s to settle`)
  },
}

const orphanedKeys = Array.from({ length: 5 }, (_, n) => `orphaned-key-${n}`)

/** The instance that was just taking keys is gone, and the clients send their requests again. */
const orphanedKey: Scenario = {
  name: 'orphaned-key',
  injected: `${orphanedKeys.length} idempotency keys taken by a session that vanished in its transaction`,
  needs: ['database'],
  quick: true,
  async inject(stage) {
    // As placeOrders takes them.
    const take = `insert into orders.idempotency_keys (key, fingerprint)
                  select key, 'any' from unnest($1::text[]) as key
                   where pg_try_advisory_xact_lock(hashtextextended(key, 0))`
    const client = await orphan(stage, take, [orphanedKeys])
    stage.load.phase = 'locked'
    const retry = async (key: string) => {
      const request = { key, productId: stage.productIds[1] as number, quantity: 1 }
      await eventually(async () => (await stage.load.send(request)).status === 202, orphansEndWithinMs)
    }
    await Promise.all(orphanedKeys.map(retry)).finally(() => client.end().catch(() => {}))
    stage.load.phase = 'healthy'
  },
  async verify({ load }) {
    const isRetry = (key: string | undefined) => key !== undefined && orphanedKeys.includes(key)
    const refused = load.book.outcomes.filter(({ status, key }) => status === 503 && !isRetry(key))
    if (refused.length > 0)
      throw new Error(`${refused.length} requests with other keys, or none, were refused`)
    const retries = load.book.outcomes.filter(({ status, key }) => status !== 202 && isRetry(key))
    if (retries.length < orphanedKeys.length) throw new Error('the keys were free')
  },
}

export const locks: Scenario[] = [orphanedLock, orphanedKey]
