import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const query = jest.fn<(domain: string, sql: string) => Promise<{ identity: string }[]>>()
jest.unstable_mockModule('./query.ts', () => ({ query }))

/** That of a process which has asked nothing yet. */
let databaseIdentity: typeof import('./identity.ts').databaseIdentity
const answer = (identity: string) => [{ identity }]
const turn = () => new Promise(setImmediate)

beforeEach(async () => {
  jest.resetModules()
  ;({ databaseIdentity } = await import('./identity.ts'))
  query.mockReset().mockResolvedValue(answer('first'))
})

describe('databaseIdentity', () => {
  it('asks the database once in a second, for each domain', async () => {
    await Promise.all([databaseIdentity('products', 0), databaseIdentity('products', 0)])
    await databaseIdentity('products', 999)
    await databaseIdentity('orders', 999)

    expect(query.mock.calls.map(([domain]) => domain)).toEqual(['products', 'orders'])
  })

  it('asks again after a second, and nobody waits for it who asks all the time', async () => {
    await databaseIdentity('products', 0)
    query.mockResolvedValue(answer('second'))

    const meanwhile = await databaseIdentity('products', 1000)
    await turn()
    const later = await databaseIdentity('products', 1001)

    expect([meanwhile, later]).toEqual(['first', 'second'])
  })

  it.each([
    ['after a pause', undefined, 2000],
    ['on Lambda, where nothing goes on behind an answer', '127.0.0.1:9001', 1000],
  ])('waits for the answer %s', async (_, lambda, now) => {
    await databaseIdentity('products', 0)
    query.mockResolvedValue(answer('second'))

    if (lambda) process.env.AWS_LAMBDA_RUNTIME_API = lambda
    const identity = await databaseIdentity('products', now)
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect(identity).toBe('second')
  })

  it('is none where the migration has not drawn one', async () => {
    query.mockResolvedValue([])

    expect(await databaseIdentity('products', 0)).toBe('')
  })

  it('is what it was while the database is away, or silent', async () => {
    await databaseIdentity('products', 0)
    query.mockRejectedValueOnce(new Error('no connection')).mockReturnValue(new Promise(() => {}))

    expect([await databaseIdentity('products', 2000), await databaseIdentity('products', 4000)]).toEqual([
      'first',
      'first',
    ])
  })

  it('fails while the database has never answered, and asks once in a second then, too', async () => {
    query.mockRejectedValue(new Error('no connection'))

    const attempts = await Promise.allSettled([0, 999].map((now) => databaseIdentity('products', now)))
    query.mockResolvedValue(answer('first'))

    expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(query).toHaveBeenCalledTimes(1)
    expect(await databaseIdentity('products', 1000)).toBe('first')
  })
})
