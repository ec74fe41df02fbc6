import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { freePort } from '../../../bench/processes/free-port.ts'
import { addressesOf } from '../../../local/gateway/loopback.ts'
import { requireServices } from '../../../local/settings/reachability.ts'
import { prepareParts } from '../../../local/shop.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'
import { startSilentServer } from '../../support/tcp-proxy.ts'

/** One that `localhost` does not resolve to first, on a machine that has it. */
const otherLoopback = addressesOf('localhost').at(-1) ?? 'localhost'
let data: Awaited<ReturnType<typeof ownDataDirectory>>

beforeAll(async () => {
  data = await ownDataDirectory()
})

afterEach(async () => {
  jest.restoreAllMocks()
  await killShops()
})

afterAll(() => data.remove())

describe('a command that can not start', () => {
  it.each<[command: string, variable: string, value: () => string | Promise<string>, refusal: RegExp]>([
    ['npm start', 'DATABASE_URL', () => nobodyAt('postgres'), /^DATABASE_URL .*ECONNREFUSED/],
    ['npx serverless offline', 'REDIS_URL', () => nobodyAt('redis'), /^REDIS_URL .*ECONNREFUSED/],
    ['npm run consumers', 'WORKERS', () => '1', /DATABASE_URL.*REDIS_URL.*RABBITMQ_URL/],
    ['npm start', 'STOCKROOM_DATA_DIR', () => '/proc/shop/data', /^STOCKROOM_DATA_DIR /],
  ])('%s says why in one line and ends with 1, for its %s', async (command, variable, value, refusal) => {
    const environment = { STOCKROOM_DATA_DIR: data.path, [variable]: await value() }
    const silently = command.startsWith('npm') ? ['--silent'] : []

    const shop = await ShopProcess.launch({ command: [...command.split(' '), ...silently], environment })
    const code = await shop.exit(60_000)

    expect({ code, lines: shop.stderr.trimEnd().split('\n') }).toEqual({
      code: 1,
      lines: [expect.stringMatching(refusal)],
    })
    expect(shop.stderr).not.toContain('secret')
    expect(shop.stdout).not.toMatch(/ {4}at |Stockroom is ready/)
    expect(await shop.remains()).toEqual([])
  })
})

const nobodyAt = async (protocol: string) => `${protocol}://nobody:secret@localhost:${await freePort()}`

/** Why the shop, or its consumers, can't start with these variables, as every command says it. */
async function refusalOf(variables: Record<string, string>): Promise<string> {
  const environment = { ...process.env, STOCKROOM_DATA_DIR: data.path, ...(await freePorts()), ...variables }
  jest.replaceProperty(process, 'env', environment)
  return prepareParts('shop').then(
    (parts) => parts.stop().then(() => 'it starts'),
    (error: Error) => error.message,
  )
}

const freePorts = async () => ({
  HTTP_PORT: String(await freePort()),
  LAMBDA_PORT: String(await freePort()),
})

describe('a shop', () => {
  it.each([
    ['DATABASE_URL', 'mysql://root:secret@localhost/shop'],
    ['DATABASE_URL', 'not a URL secret'],
    ['REDIS_URL', 'http://localhost:6379/secret'],
    ['RABBITMQ_URL', 'localhost:5672/secret'],
    ['REDIS_URL', 'redis://user:se#secret@localhost:6379'],
    ['HTTP_HOST', 'nowhere.invalid'],
    ['HTTP_HOST', '192.0.2.1'],
    ['HTTP_PORT', '99999'],
    ['LAMBDA_PORT', 'secret'],
    ['WORKERS', '0'],
    ['CONSUMERS', 'no'],
    ['CORS_ALLOWED_ORIGIN', 'shop.example'],
    ['CORS_ALLOWED_ORIGIN', 'https://shop.example,null'],
  ])('names %s in one line when it is "%s"', async (variable, value) => {
    const refusal = await refusalOf({ [variable]: value })

    expect(refusal).toMatch(new RegExp(`^${variable} .*$`))
    if (variable.endsWith('URL')) expect(refusal).not.toContain('secret')
  })

  it.each([
    ['HTTP_PORT', 'localhost'],
    ['LAMBDA_PORT', '127.0.0.1'],
    ['HTTP_PORT', otherLoopback],
  ])('names %s in one line when it is taken at %s', async (variable, host) => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, host, resolve))
    const { port } = holder.address() as { port: number }

    const refusal = await refusalOf({ [variable]: String(port) })
    holder.close()

    expect(refusal).toMatch(new RegExp(`^${variable} ${port} .*in use.*$`))
  })

  it.each([
    [{ HTTP_PORT: '28500', LAMBDA_PORT: '28500' }, /^LAMBDA_PORT 28500 is HTTP_PORT.*$/],
    [{ WORKERS: '2' }, /^2 WORKERS.*DATABASE_URL.*REDIS_URL.*RABBITMQ_URL.*$/],
    [{ CONSUMERS: 'off' }, /^Consumers in a process.*DATABASE_URL.*REDIS_URL.*RABBITMQ_URL.*$/],
    [{ CONSUMERS: 'off', WORKERS: '2' }, /^CONSUMERS=off wants WORKERS=1.*$/],
  ])('says in one line what %j lacks', async (variables, line) => {
    expect(await refusalOf(variables as Record<string, string>)).toMatch(line)
  })

  it('names in one line the service where nobody listens, and the one that never says a word', async () => {
    const silent = await startSilentServer()
    const protocols = { DATABASE_URL: 'postgres', REDIS_URL: 'redis', RABBITMQ_URL: 'amqp' }
    const refusals = Object.entries(protocols).flatMap(([variable, protocol]) => [
      { variable, url: nobodyAt(protocol), reason: 'ECONNREFUSED' },
      { variable, url: `${protocol}://127.0.0.1:${silent.port}`, reason: "can't be used" },
    ])

    // At once, as each silence is waited for.
    const messages = await Promise.all(
      refusals.map(async ({ variable, url }) =>
        requireServices({ [variable]: await url }).catch(({ message }: Error) => message),
      ),
    )
    silent.close()

    expect(messages).toEqual(
      refusals.map(({ variable, reason }) =>
        expect.stringMatching(new RegExp(`^${variable} (?!.*secret).*${reason}.*$`)),
      ),
    )
  })
})
