import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '../../../bench/processes/free-port.ts'
import { runSql } from '../../../bench/services/databases.ts'
import type { Order } from '../../../functions/orders/order.ts'
import { runningEmbeddedPostgres } from '../../../local/embedded/embedded-postgres.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { rmqEvent } from '../../support/rmq-event.ts'
import { ShopClient } from '../../support/shop-client.ts'

let shop: EmbeddedShop

beforeAll(async () => {
  shop = await EmbeddedShop.create()
}, 60_000)

afterAll(() => shop.remove())

const audit = (...args: string[]) => shop.run('commands/audit/audit.ts', ...args)

const client = () => new ShopClient(shop.url)

async function settledOrder(): Promise<Order> {
  const { body } = await client().order(1, 2)
  return client().settled(body.id)
}

describe('the command npm run audit', () => {
  it('explains itself with --help, without a look at any shop', async () => {
    const { code, stdout, stderr } = await audit('--help')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('npm run audit -- --json')
    expect(stdout).toContain('Exit codes:')
  })

  it.each(['--jsn', 'orders'])(
    'says that it does not understand %s, and explains itself',
    async (argument) => {
      const { code, stdout } = await audit(argument)

      expect(code).toBe(2)
      expect(stdout).toContain(argument)
      expect(stdout).toContain('Exit codes:')
    },
  )

  it('answers with JSON to --json, also when there is nothing to audit', async () => {
    const { code, stdout } = await audit('--json')

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('There are no books yet') })
  })
})

describe('the audit of an embedded shop', () => {
  it('says in one line that there are no books yet where no shop has ever run', async () => {
    const { code, stdout, stderr } = await audit()

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^[^\n]+\n$/)
    expect(stdout).not.toMatch(/select|relation/)
  }, 60_000)

  it('reads the books of a running shop, and asks it about its queues', async () => {
    await shop.start()
    const order = await settledOrder()
    const poison = [
      { type: 'order.created', messageId: 'poison', text: 'not JSON' },
      { type: 'order.created', messageId: 'odd', body: { orderId: order.id } },
    ]
    await shop.invoke('reduceStock', rmqEvent({ queue: 'stock-reduction', messages: poison }))

    const first = await audit()
    const second = await audit()

    expect(order.status).toBe('confirmed')
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' })
    expect(first.stdout).toContain('0 in stock-reduction, 0 in order-settlement')
    expect(first.stdout).toContain('1 harmless (settled), 0 pending (announced again), 1 for a person')
    expect(first.stdout).toContain('  stock-reduction  poison  not JSON')
    expect(first.stdout).toMatch(/The books balance\.\n$/)
    expect(second).toEqual(first)
  }, 90_000)

  it('tells programs the same as JSON', async () => {
    const { code, stdout } = await audit('--json')

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      balance: true,
      orders: { accepted: 1, confirmed: 1 },
      ready: { 'stock-reduction': 0, 'order-settlement': 0 },
      deadLetters: { harmless: 1 },
      breaches: [],
    })
  }, 60_000)

  it('finds the running shop by its data directory, whatever LAMBDA_PORT the environment names', async () => {
    const { LAMBDA_PORT } = shop.environment
    shop.environment.LAMBDA_PORT = String(await freePort())

    const { code, stdout } = await audit()
    Object.assign(shop.environment, { LAMBDA_PORT })

    expect(code).toBe(0)
    expect(stdout).toContain('0 in stock-reduction, 0 in order-settlement')
  }, 60_000)

  it('leaves the running shop as it is: it goes on and is not stopped', async () => {
    await audit()

    expect((await settledOrder()).status).toBe('confirmed')
  }, 60_000)

  it('is not all that can be read meanwhile: migrate:status lists the migrations, and only a rollback is refused', async () => {
    const status = await shop.run('commands/migrate.ts', 'status')
    const rollback = await shop.run('commands/migrate.ts', 'rollback')

    expect({ code: status.code, stderr: status.stderr }).toEqual({ code: 0, stderr: '' })
    expect(status.stdout).toMatch(/^(\w+: applied \S+\n)+$/)
    expect(rollback).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by another shop') })
  }, 60_000)

  it('names what is broken in a running shop', async () => {
    const url = (await runningEmbeddedPostgres(shop.dataDirectory)) as string
    await runSql(url, 'update products.products set qty = qty + 1 where id = 1')

    const { code, stdout } = await audit()
    await runSql(url, 'update products.products set qty = qty - 1 where id = 1')

    expect(code).toBe(1)
    expect(stdout).toMatch(/^BROKEN {2}product 1 has \d+ pieces, but the ledger says \d+$/m)
  }, 60_000)

  it('reads the books of a stopped shop, whose queues ended with it, and leaves no server behind', async () => {
    const exitCode = await shop.stop()

    const { code, stdout, stderr } = await audit()

    expect(exitCode).toBe(0)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('none: the broker in process is stopped')
    expect(stdout).not.toContain('Dead letters')
    expect(stdout).toMatch(/The books balance\.\n$/)
    expect(await runningEmbeddedPostgres(shop.dataDirectory)).toBeUndefined()
  }, 90_000)
})
