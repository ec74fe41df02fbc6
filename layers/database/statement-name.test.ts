import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { statementName } from './statement-name.ts'

afterEach(() => {
  delete process.env.AWS_LAMBDA_RUNTIME_API
  delete process.env.DATABASE_POOL_MODE
})

describe('the name of a statement', () => {
  it('is the same whenever its text is the same, and another for another text', () => {
    const [one, again, other] = ['select $1', 'select $1', 'select $1 + 1'].map((sql) =>
      statementName({ sql, bindings: [7] }),
    )

    expect(one).toMatch(/^stockroom-\d+$/)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  it('is none without bindings, as for begin and commit', () => {
    expect(statementName({ sql: 'begin' })).toBeUndefined()
  })

  it.each([
    ['on Lambda', { AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001' }],
    ['where a pooler lends each transaction another session', { DATABASE_POOL_MODE: 'transaction' }],
  ])('is none %s', async (_, environment) => {
    Object.assign(process.env, environment)
    jest.resetModules()
    const { statementName } = await import('./statement-name.ts')

    expect(statementName({ sql: 'select $1', bindings: [7] })).toBeUndefined()
  })
})
