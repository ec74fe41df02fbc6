import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${name}`
Object.assign(process.env, {
  LOG_LEVEL: 'silent',
  DATABASE_URL: 'postgres://proxy.internal:5432/stockroom?sslmode=verify-full',
  DATABASE_SECRET_ARN: arn('database'),
  RABBITMQ_URL: 'amqps://broker.internal:5671',
  RABBITMQ_SECRET_ARN: arn('broker'),
  ADMIN_API_KEY_SECRET_ARN: arn('keys'),
})
const get = jest.fn<(name: string, options: { forceFetch: boolean; maxAge: number }) => Promise<unknown>>()
jest.unstable_mockModule('@aws-lambda-powertools/parameters/secrets', () => ({
  SecretsProvider: class {
    get = get
  },
}))

const values = new Map<string, string>()
const credentials = (username: string, password: string) => JSON.stringify({ username, password })

/** A process of its own, which has loaded the modules just now. */
async function newProcess() {
  jest.resetModules()
  return { ...(await import('./secrets.ts')), ...(await import('./configuration.ts')) }
}

beforeEach(() => {
  values.clear()
  values.set(arn('database'), credentials('shop', 'pass/word@1'))
  values.set(arn('broker'), credentials('rabbit', 'hole'))
  values.set(arn('keys'), 'one,two')
  get.mockReset().mockImplementation(async (name) => {
    const value = values.get(name)
    if (value === undefined) throw new Error('Secrets Manager is away')
    return value
  })
})

describe('secrets', () => {
  it('complete the configuration before the first invocation', async () => {
    const { configuration } = await newProcess()

    expect(configuration()).toMatchObject({
      productsDatabaseUrl:
        'postgres://shop:pass%2Fword%401@proxy.internal:5432/stockroom?sslmode=verify-full',
      rabbitmqUrl: 'amqps://rabbit:hole@broker.internal:5671',
      productsRedisUrl: undefined,
      adminApiKeys: ['one', 'two'],
    })
  })

  it('add no user where a secret has none, and no URL where the service has none', async () => {
    values.set(arn('broker'), '{}')
    process.env.REDIS_SECRET_ARN = arn('keys')
    const { configuration } = await newProcess()
    delete process.env.REDIS_SECRET_ARN

    expect(configuration()).toMatchObject({
      rabbitmqUrl: 'amqps://broker.internal:5671',
      productsRedisUrl: undefined,
    })
  })

  it('are kept for five minutes by Powertools, so that a rotated one is noticed', async () => {
    const { refreshSecrets, configuration } = await newProcess()
    const before = configuration()
    await refreshSecrets()
    const unchanged = configuration()
    values.set(arn('keys'), 'three')

    await refreshSecrets()

    expect(unchanged).toBe(before)
    expect(get.mock.lastCall?.[1]).toEqual({ forceFetch: false, maxAge: 300 })
    expect(configuration().adminApiKeys).toEqual(['three'])
  })

  it('are fetched again at once when a service refuses them, every ten seconds at most', async () => {
    const { refreshSecrets, distrustSecrets } = await newProcess()
    const forced = async (now: number) => {
      get.mockClear()
      await refreshSecrets(now)
      return get.mock.calls.some(([, { forceFetch }]) => forceFetch)
    }
    distrustSecrets()
    const outcomes = [await forced(100_000), await forced(100_001)]
    distrustSecrets()
    outcomes.push(await forced(109_999), await forced(110_000))

    expect(outcomes).toEqual([true, false, false, true])
  })

  it('stay in use while Secrets Manager is away, and it is left alone for ten seconds', async () => {
    const { refreshSecrets, configuration } = await newProcess()
    const clock = jest.spyOn(performance, 'now')
    values.clear()
    const asksAt = async (now: number) => {
      clock.mockReturnValue(now)
      get.mockClear()
      await refreshSecrets()
      return get.mock.calls.length > 0
    }

    const asks = [await asksAt(100_000), await asksAt(109_999), await asksAt(110_000)]
    clock.mockRestore()

    expect(asks).toEqual([true, false, true])
    expect(configuration().adminApiKeys).toEqual(['one', 'two'])
  })

  it('are unavailable while none was ever fetched, and come later by the middleware', async () => {
    const kept = new Map(values)
    values.clear()
    const { refreshSecrets, secrets, configuration } = await newProcess()

    await expect(refreshSecrets()).rejects.toMatchObject({
      name: 'Unavailable',
      service: 'secrets',
      message: 'The secrets are unavailable: Secrets Manager is away',
    })
    for (const [name, value] of kept) values.set(name, value)
    await secrets()[0]?.before?.({} as never)
    expect(configuration().adminApiKeys).toEqual(['one', 'two'])
  })

  it('cost nothing where none is named', async () => {
    const environment = jest.replaceProperty(process, 'env', {})
    const { secrets, refreshSecrets } = await newProcess()
    environment.restore()

    await refreshSecrets()

    expect(secrets()).toEqual([])
    expect(get).not.toHaveBeenCalled()
  })
})
