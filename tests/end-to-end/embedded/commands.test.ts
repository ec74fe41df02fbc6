import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { main as audit } from '../../../commands/audit/audit.ts'
import type { Order } from '../../../functions/orders/order.ts'
import { runningEmbeddedPostgres } from '../../../local/embedded/embedded-postgres.ts'
import { EmbeddedShop } from '../../support/embedded-shop.ts'
import { rmqEvent } from '../../support/rmq-event.ts'
import { ShopClient } from '../../support/shop-client.ts'

// What is run beside a shop with everything embedded, in a process of its own.
let shop: EmbeddedShop
let order: Order

beforeAll(async () => {
  shop = await EmbeddedShop.create()
})

afterAll(() => shop.remove())

/** Runs a command, which finds the running shop by its data directory, whatever LAMBDA_PORT its environment names. */
async function run(script: string, ...args: string[]) {
  const { LAMBDA_PORT } = shop.environment
  shop.environment.LAMBDA_PORT = String(await freePort())
  const { code, stdout, stderr } = await shop.run(`commands/${script}.ts`, ...args)
  Object.assign(shop.environment, { LAMBDA_PORT })
  return { code, stdout, stderr }
}

async function settledOrder(): Promise<Order> {
  const client = new ShopClient(shop.url)
  return client.settled((await client.order(1, 2)).body.id)
}

/** Lets the consumer of the stock set messages aside. */
const setAside = (...messages: { messageId: string; text?: string; body?: object }[]) =>
  shop.invoke(
    'reduceStock',
    rmqEvent({
      queue: 'stock-reduction',
      messages: messages.map((message) => ({ type: 'order.created', ...message })),
    }),
  )

const letters = async (): Promise<{ messageId: string; firstFailedAt: string }[]> =>
  JSON.parse((await run('dead-letters', 'list', '--json')).stdout).letters

it.each([
  ['--help', 0],
  ['--jsn', 2],
  ['orders', 2],
])('npm run audit explains itself to %s, with the exit code %d', async (argument, code) => {
  const printed: string[] = []

  expect(await audit((line) => printed.push(line), [argument])).toBe(code)
  expect(printed.join()).toContain('Exit codes:')
  expect(printed.join()).toContain(code === 0 ? 'npm run audit -- --json' : argument)
})

it('an audit says in one line that there are no books where no shop has ever run, as JSON too', async () => {
  const { code, stdout, stderr } = await run('audit/audit', '--json')

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({ error: expect.stringMatching(/^There are no books yet[^\n]*$/) })
})

describe('beside a running shop', () => {
  beforeAll(async () => {
    await shop.start()
    order = await settledOrder()
    await setAside(
      { messageId: 'poison', text: 'not JSON' },
      { messageId: 'odd', body: { orderId: order.id } },
    )
  })

  it('npm run audit reads its books, and asks it about its queues', async () => {
    const { code, stdout, stderr } = await run('audit/audit')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('0 in stock-reduction, 0 in order-settlement')
    expect(stdout).toContain('1 harmless (settled), 0 pending (announced again), 1 for a person')
    expect(stdout).toContain('  stock-reduction  poison  not JSON')
    expect(stdout).toMatch(/The books balance\.\n$/)
  })

  it('npm run audit tells programs the same as JSON', async () => {
    const { code, stdout } = await run('audit/audit', '--json')

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      balance: true,
      orders: { accepted: 1, confirmed: 1 },
      ready: { 'stock-reduction': 0 },
      deadLetters: { harmless: 1 },
    })
  })

  it('npm run audit names what is broken', async () => {
    const url = (await runningEmbeddedPostgres(shop.dataDirectory)) as string
    await runSql(url, 'update products.products set qty = qty + 1 where id = 1')

    const { code, stdout } = await run('audit/audit')
    await runSql(url, 'update products.products set qty = qty - 1 where id = 1')

    expect(code).toBe(1)
    expect(stdout).toMatch(/^BROKEN {2}product 1 has \d+ pieces, but the ledger says \d+$/m)
  })

  it('migrate:status lists the migrations, and only a rollback is refused', async () => {
    const status = await run('migrate', 'status')
    const rollback = await run('migrate', 'rollback')

    expect({ code: status.code, stderr: status.stderr }).toEqual({ code: 0, stderr: '' })
    expect(status.stdout).toMatch(/^(\w+: applied \S+\n)+$/)
    expect(rollback).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by another shop') })
  })

  it('npm run dead-letters lists and shows its letters, discards one by its short id, and leaves the others', async () => {
    await setAside({ messageId: 'other-one', text: 'not JSON' })

    const listed = await run('dead-letters', 'list')
    const shown = await run('dead-letters', 'show', 'pois')
    const discarded = await run('dead-letters', 'discard', 'other-on')

    expect({ code: listed.code, stderr: listed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(listed.stdout).toMatch(
      /^queue .*\nstock-reduction {2}poison .* {2}not JSON\n(.*\n){2}3 dead letters\n$/,
    )
    expect(shown.stdout).toMatch(/^\{[\s\S]*"messageId": "poison"[\s\S]*\}\nnot JSON\n$/)
    expect(discarded).toMatchObject({ code: 0, stdout: '1 message discarded\n' })
    expect((await letters()).map(({ messageId }) => messageId)).toEqual(['poison', 'odd'])
  })

  it('npm run dead-letters puts letters back into their queue, whose consumer takes them as if for the first time', async () => {
    const [before] = await letters()

    const { code, stdout } = await run('dead-letters', 'redrive', '--all')

    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 messages went back to their queues\n' })
    // They are no better than before.
    await eventually(async () => {
      const after = await letters()
      return (
        after.length === 2 &&
        after.every(({ firstFailedAt }) => firstFailedAt > String(before?.firstFailedAt))
      )
    }, 60_000)
  })

  it('the shop goes on all the while', async () => {
    expect([order, await settledOrder()]).toMatchObject([{ status: 'confirmed' }, { status: 'confirmed' }])
  })
})

describe('beside a stopped shop', () => {
  beforeAll(async () => {
    expect(await shop.stop()).toBe(0)
  })

  it('npm run audit reads its books, knows that the queues ended with it, and leaves no server behind', async () => {
    const { code, stdout, stderr } = await run('audit/audit')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('none: the broker in process is stopped')
    expect(stdout).not.toContain('Dead letters')
    expect(stdout).toMatch(/The books balance\.\n$/)
    expect(await runningEmbeddedPostgres(shop.dataDirectory)).toBeUndefined()
  })

  it('npm run dead-letters says in one line that its letters ended with it', async () => {
    const { code, stdout, stderr } = await run('dead-letters', 'list')

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^RABBITMQ_URL is not set, and no shop runs [^\n]+\n$/)
  })
})
