import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

const query = jest.fn<(connection: string, sql: string) => Promise<object[]>>()
const databaseUrl = jest.fn<(domain: string) => string>()
const healthConnection = (domain: string) => `connection of ${domain}`
jest.unstable_mockModule('./query.ts', () => ({ query }))
jest.unstable_mockModule('./connection.ts', () => ({ databaseUrl, healthConnection }))
const { databaseAnswers } = await import('./database-health.ts')

beforeEach(() => {
  query.mockReset().mockResolvedValue([{}])
  databaseUrl.mockReset().mockImplementation((domain) => `postgres://${domain}`)
})

const asked = () => query.mock.calls.map(([connection]) => connection)

describe('databaseAnswers', () => {
  it('asks a shared one once for all who want to know at the same time, and again for who comes later', async () => {
    databaseUrl.mockReturnValue('postgres://shop')

    const answers = await Promise.all([databaseAnswers(), databaseAnswers(), databaseAnswers()])
    const askedTogether = asked().length
    await databaseAnswers()

    expect(answers).toEqual([true, true, true])
    expect([askedTogether, asked().length]).toEqual([1, 2])
  })

  it.each(['products', 'orders'])('says no when the database of %s is away', async (missing) => {
    query.mockImplementation(async (connection) => {
      if (connection.endsWith(missing)) throw new Unavailable('database', 'connection refused')
      return [{}]
    })

    expect(await databaseAnswers()).toBe(false)
  })
})
