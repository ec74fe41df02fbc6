import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '../bench/processes/free-port.ts'
import { runCommand } from '../tests/support/command.ts'
import { migrationsOf, newestMigrations } from '../tests/support/migrations.ts'
import { ownDataDirectory } from '../tests/support/shop-process.ts'

let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
})

afterAll(() => data.remove())

const migrate = (command: string | undefined, environment: Record<string, string> = {}) =>
  runCommand(['commands/migrate.ts', ...(command ? [command] : [])], {
    STOCKROOM_DATA_DIR: data.path,
    ...environment,
  })

/** The URL of a port that nobody listens at. */
const silentUrl = async () => `postgres://stockroom:secret@127.0.0.1:${await freePort()}/stockroom`

const states = (output: string) => output.match(/^\w+: (nothing to do|\w+)/gm)

describe('on the embedded database', () => {
  it('applies and names the migrations of each domain, reverts the newest of all, and leaves no server and no lock behind', async () => {
    const [newest, next] = newestMigrations()
    const before = await migrate('status')
    const first = await migrate('latest')
    const second = await migrate('latest')
    const between = await migrate('status')
    const reverted = await migrate('rollback')
    const after = await migrate('status')

    expect(states(before.output)).toEqual([
      ...migrationsOf('products').map(() => 'products: pending'),
      ...migrationsOf('orders').map(() => 'orders: pending'),
    ])
    expect(first).toEqual({ code: 0, output: before.output.replaceAll('pending', 'applied'), errors: '' })
    expect(second.output).toBe('products: nothing to do\norders: nothing to do\n')
    expect(between.output).toBe(first.output)
    expect(reverted.output).toBe(`${newest?.domain}: reverted ${newest?.name}\n`)
    expect(after.output).toContain(`${newest?.domain}: pending ${newest?.name}`)
    expect(after.output).toContain(`${next?.domain}: applied ${next?.name}`)
    expect(await readdir(join(data.path, 'postgres'))).not.toContain('postmaster.pid')
  }, 60_000)
})

describe('says in one line what is wrong and exits with 1', () => {
  it('when nothing answers at DATABASE_URL', async () => {
    const { code, output, errors } = await migrate('latest', { DATABASE_URL: await silentUrl() })

    expect(errors).toMatch(/^DATABASE_URL \(127\.0\.0\.1:\d+\) can't be used: .*ECONNREFUSED.*\n$/)
    expect({ code, output }).toEqual({ code: 1, output: '' })
  })

  it("when nothing answers at a domain's own URL", async () => {
    const url = await silentUrl()

    const { code, errors } = await migrate('latest', { PRODUCTS_DATABASE_URL: url, ORDERS_DATABASE_URL: url })

    expect(errors).toMatch(/^PRODUCTS_DATABASE_URL \(127\.0\.0\.1:\d+\) can't be used: .*ECONNREFUSED.*\n$/)
    expect(code).toBe(1)
  })

  it('when only one of the domains has a database', async () => {
    const { code, errors } = await migrate('status', {
      PRODUCTS_DATABASE_URL: 'postgres://127.0.0.1/stockroom',
    })

    expect(errors).toMatch(/^ORDERS_DATABASE_URL is not set; .*\n$/)
    expect(code).toBe(1)
  })

  it.each([[undefined], ['toString']])('when asked for %s', async (command) => {
    const { code, errors } = await migrate(command)

    expect(errors).toBe(`Say one of latest, rollback, status, not "${command ?? ''}".\n`)
    expect(code).toBe(1)
  })
})
