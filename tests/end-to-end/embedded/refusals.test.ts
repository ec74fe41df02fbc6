import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '../../../bench/processes/free-port.ts'
import { addressesOf } from '../../../local/gateway/loopback.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'
import { startSilentServer } from '../../support/tcp-proxy.ts'

/** One that `localhost` does not resolve to first, on a machine that has it. */
const otherLoopback = addressesOf('localhost').at(-1) ?? 'localhost'
let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
})

afterEach(killShops)

afterAll(() => data.remove())

/** Starts a command that should refuse; resolves to its exit code and the lines on its standard error. */
async function refusalOf(environment: Record<string, string>, command = ['npm', 'start', '--silent']) {
  const shop = await ShopProcess.launch({
    command,
    environment: { STOCKROOM_DATA_DIR: data.path, ...environment },
  })
  const code = await shop.exit(30_000)
  return {
    code,
    lines: shop.stderr.trimEnd().split('\n'),
    stdout: shop.stdout,
    remains: await shop.remains(),
  }
}

const oneLine = (pattern: RegExp) => ({
  code: 1,
  lines: [expect.stringMatching(pattern)],
  stdout: expect.not.stringMatching(/ {4}at |Stockroom is ready/),
  remains: [],
})

describe('npm start', () => {
  it.each([
    ['DATABASE_URL', 'postgres://nobody:secret@localhost'],
    ['REDIS_URL', 'redis://nobody:secret@localhost'],
    ['RABBITMQ_URL', 'amqp://nobody:secret@localhost'],
  ] as const)('names %s in one line and ends with 1 when nobody listens there', async (variable, origin) => {
    const refusal = await refusalOf({ [variable]: `${origin}:${await freePort()}` })

    expect(refusal).toEqual(oneLine(new RegExp(`^${variable}.*ECONNREFUSED`)))
    expect(refusal.lines.join()).not.toContain('secret')
  })

  it.each([
    ['DATABASE_URL', 'mysql://root:secret@localhost/shop'],
    ['DATABASE_URL', 'not a URL secret'],
    ['REDIS_URL', 'http://localhost:6379/secret'],
    ['RABBITMQ_URL', 'localhost:5672/secret'],
    ['REDIS_URL', 'redis://user:se#secret@localhost:6379'],
    ['HTTP_HOST', 'nowhere.invalid'],
    ['HTTP_HOST', '192.0.2.1'],
    ['STOCKROOM_DATA_DIR', '/proc/shop/data'],
    ['HTTP_PORT', '99999'],
    ['LAMBDA_PORT', 'secret'],
    ['WORKERS', '0'],
    ['CONSUMERS', 'no'],
    ['CORS_ALLOWED_ORIGIN', 'shop.example'],
    ['CORS_ALLOWED_ORIGIN', 'https://shop.example,null'],
  ] as const)('names %s in one line and ends with 1 when it is "%s"', async (variable, value) => {
    const refusal = await refusalOf({ [variable]: value })

    expect(refusal).toEqual(oneLine(new RegExp(`^${variable} `)))
    if (variable.endsWith('URL')) expect(refusal.lines.join()).not.toContain('secret')
  })

  it.each([
    ['HTTP_PORT', 'localhost'],
    ['LAMBDA_PORT', '127.0.0.1'],
    ['HTTP_PORT', otherLoopback],
  ] as const)('names %s in one line and ends with 1 when it is taken at %s', async (variable, host) => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, host, resolve))
    const { port } = holder.address() as { port: number }

    const refusal = await refusalOf({ [variable]: String(port) })
    holder.close()

    expect(refusal).toEqual(oneLine(new RegExp(`^${variable} ${port} .*in use`)))
  })

  it.each([
    ['DATABASE_URL', 'postgres'],
    ['REDIS_URL', 'redis'],
    ['RABBITMQ_URL', 'amqp'],
  ] as const)(
    'names %s in one line and ends with 1 when its server never says a word',
    async (variable, protocol) => {
      const silent = await startSilentServer()

      const refusal = await refusalOf({ [variable]: `${protocol}://127.0.0.1:${silent.port}` })
      silent.close()

      expect(refusal).toEqual(oneLine(new RegExp(`^${variable} .*can't be used`)))
    },
  )
})

it('npm start names both ports in one line and ends with 1 when they are the same', async () => {
  const refusal = await refusalOf({ HTTP_PORT: '28500', LAMBDA_PORT: '28500' })

  expect(refusal).toEqual(oneLine(/^LAMBDA_PORT 28500 is HTTP_PORT/))
})

describe('npm start with several workers', () => {
  it('says in one line which URLs they need, and ends with 1', async () => {
    const refusal = await refusalOf({ WORKERS: '2' })

    expect(refusal).toEqual(oneLine(/^2 WORKERS.*DATABASE_URL.*REDIS_URL.*RABBITMQ_URL/))
  })
})

describe('npm start without consumers', () => {
  it('says in one line which URLs those need, and ends with 1', async () => {
    const refusal = await refusalOf({ CONSUMERS: 'off' })

    expect(refusal).toEqual(oneLine(/^Consumers in a process.*DATABASE_URL.*REDIS_URL.*RABBITMQ_URL/))
  })

  it('has no workers', async () => {
    const refusal = await refusalOf({ CONSUMERS: 'off', WORKERS: '2' })

    expect(refusal).toEqual(oneLine(/^CONSUMERS=off wants WORKERS=1/))
  })
})

describe('npx serverless offline', () => {
  it('refuses in the same way', async () => {
    const url = `redis://localhost:${await freePort()}`

    const refusal = await refusalOf({ REDIS_URL: url }, ['npx', 'serverless', 'offline'])

    expect(refusal).toEqual(oneLine(/^REDIS_URL.*ECONNREFUSED/))
  })
})

describe('npm run consumers', () => {
  it('says in one line which URLs it needs, and ends with 1', async () => {
    const refusal = await refusalOf({}, ['npm', 'run', 'consumers', '--silent'])

    expect(refusal).toEqual(oneLine(/DATABASE_URL.*REDIS_URL.*RABBITMQ_URL/))
  })
})
