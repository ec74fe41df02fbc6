import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { runSql } from '../../../bench/services/databases.ts'
import { ShopClient } from '../../support/shop-client.ts'
import { killShops, ShopProcess } from '../../support/shop-process.ts'
import { createDatabase, type TestDatabase } from '../../support/test-database.ts'
import { startPgBouncer } from './pgbouncer.ts'

let database: TestDatabase
const bouncers: { stop(): Promise<void> }[] = []

beforeAll(async () => {
  database = await createDatabase()
})

afterEach(async () => {
  await killShops()
  for (const bouncer of bouncers.splice(0)) await bouncer.stop()
})

afterAll(() => database.drop())

async function behindPgBouncer(mode: 'session' | 'transaction') {
  const bouncer = await startPgBouncer(database.url, mode)
  bouncers.push(bouncer)
  return bouncer.url
}

/** Places orders side by side; resolves to what became of them. */
async function sell(shop: ShopProcess, count: number): Promise<string[]> {
  const client = new ShopClient(shop.url)
  const { id } = await client.createProduct({ qty: 1000 })
  const placed = await Promise.all(Array.from({ length: count }, () => client.order(id)))
  const settled = await Promise.all(placed.map(({ body }) => client.settled(body.id, 30_000)))
  return settled.map(({ status }) => status)
}

describe('a shop behind PgBouncer', () => {
  it.each(['session', 'transaction'] as const)('sells where each %s is pooled', async (mode) => {
    const environment = { DATABASE_URL: await behindPgBouncer(mode), DATABASE_POOL_MODE: mode }
    const shop = await ShopProcess.start({ environment })

    expect(await sell(shop, 20)).toEqual(Array(20).fill('confirmed'))
  })

  it('says in one line which setting it wants where transactions are pooled', async () => {
    const shop = await ShopProcess.launch({
      environment: { DATABASE_URL: await behindPgBouncer('transaction') },
    })

    expect(await shop.exit(60_000)).toBe(1)
    expect(shop.stderr).toMatch(/^DATABASE_URL .*DATABASE_POOL_MODE=transaction\n$/)
  })
})

it('npm run migrate gives the role the settings that a lent session has', async () => {
  const environment = { DATABASE_URL: database.url, DATABASE_POOL_MODE: 'transaction' }
  const migration = await ShopProcess.launch({ command: ['npm', 'run', 'migrate', '--silent'], environment })

  expect(await migration.exit(60_000)).toBe(0)
  const [setting] = await runSql<{ statement_timeout: string }>(database.url, 'show statement_timeout')
  expect(setting?.statement_timeout).toBe('1500ms')
})
