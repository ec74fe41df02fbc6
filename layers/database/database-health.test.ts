import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

const query = jest.fn<(domain: string, sql: string) => Promise<object[]>>()
jest.unstable_mockModule('./query.ts', () => ({ query }))
const { databaseAnswers } = await import('./database-health.ts')

beforeEach(() => {
  query.mockReset().mockResolvedValue([{}])
})

afterEach(() => {
  jest.useRealTimers()
})

describe('databaseAnswers', () => {
  it('says yes when the databases of both domains answer', async () => {
    expect(await databaseAnswers()).toBe(true)
    expect(query.mock.calls.map(([domain]) => domain).sort()).toEqual(['orders', 'products'])
  })

  it.each(['products', 'orders'])('says no when the database of %s is away', async (missing) => {
    query.mockImplementation(async (domain) => {
      if (domain === missing) throw new Unavailable('database', 'connection refused')
      return [{}]
    })

    expect(await databaseAnswers()).toBe(false)
  })

  it('says no after a second when a database is silent', async () => {
    jest.useFakeTimers()
    query.mockReturnValue(new Promise(() => {}))

    const answer = databaseAnswers()
    await jest.advanceTimersByTimeAsync(1000)

    expect(await answer).toBe(false)
  })
})
