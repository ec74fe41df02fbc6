import { setTimeout as pause } from 'node:timers/promises'
import { prepareSession, sessionSettings } from '@stockroom/database/session-settings'
import pg from 'pg'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { requirePrompt } from '../checks/shop-books.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { succeeds } from '../services/service.ts'

/** After 10 s the server ends a session that leaves its transaction alone. */
const orphansEndWithinMs = 15_000

/** Does some work beside a session as the shop opens it, within a transaction that nobody ends. */
async function besideAnOrphan(
  { load, urls }: Stage,
  sql: string,
  values: unknown[],
  work: () => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(urls.DATABASE_URL)
  client.on('error', () => {}) // that it was ended
  await client.connect()
  await prepareSession(client, sessionSettings(1500))
  await client.query('begin')
  await client.query(sql, values)
  load.phase = 'locked'
  await work().finally(() => client.end().catch(() => {}))
  load.phase = 'healthy'
}

const lockedProduct = ({ productIds }: Stage) => productIds.at(-1) as number
const lock = 'select 1 from products.products where id = $1 for update'

/** The instance that locked a product is gone, and its connection still stands. */
const orphanedLock: Scenario = {
  name: 'orphaned-lock',
  injected: 'a product locked by a session that vanished in its transaction',
  needs: ['database'],
  quick: true,
  inject(stage) {
    const id = lockedProduct(stage)
    const isFree = () => succeeds(runSql(stage.urls.DATABASE_URL, `${lock} nowait`, [id]))
    return besideAnOrphan(stage, lock, [id], async () => {
      await pause(6000)
      const waiting = `orders.orders where status = 'pending' and product_id = $1`
      if ((await stage.countOf(waiting, [id])) === 0) throw new Error('no order waits for the product')
      await eventually(isFree, orphansEndWithinMs)
    })
  },
  async verify(stage) {
    const others = stage.productIds.filter((id) => id !== lockedProduct(stage))
    await requirePrompt(stage.urls.DATABASE_URL, others)
  },
}

const orphanedKeys = Array.from({ length: 5 }, (_, n) => `orphaned-key-${n}`)
/** As placeOrders takes them. */
const takeKeys = `insert into orders.idempotency_keys (key, fingerprint)
                  select key, 'any' from unnest($1::text[]) as key
                   where pg_try_advisory_xact_lock(hashtextextended(key, 0))`

/** The instance that was just taking keys is gone, and the clients send their requests again. */
const orphanedKey: Scenario = {
  name: 'orphaned-key',
  injected: `${orphanedKeys.length} idempotency keys taken by a session that vanished in its transaction`,
  needs: ['database'],
  quick: true,
  inject(stage) {
    const retry = async (key: string) => {
      const request = { key, productId: stage.productIds[1] as number, quantity: 1 }
      await eventually(async () => (await stage.load.send(request)).status === 202, orphansEndWithinMs)
    }
    return besideAnOrphan(stage, takeKeys, [orphanedKeys], () => Promise.all(orphanedKeys.map(retry)))
  },
  async verify({ load: { book } }) {
    const isRetry = (key: string | undefined) => key !== undefined && orphanedKeys.includes(key)
    const refused = book.count(({ status, key }) => status === 503 && !isRetry(key))
    if (refused > 0) throw new Error(`${refused} requests with other keys, or none, were refused`)
    const retries = book.count(({ status, key }) => status !== 202 && isRetry(key))
    if (retries < orphanedKeys.length) throw new Error('the keys were free')
  },
}

export const locks: Scenario[] = [orphanedLock, orphanedKey]
