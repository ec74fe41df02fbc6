import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Transaction } from '@stockroom/database/query'

const query = jest.fn<(trx: unknown, sql: string, bindings: [number[]]) => Promise<unknown[]>>()
const unlessLocked = jest.fn<(trx: unknown, work: () => Promise<unknown>) => Promise<unknown>>()
jest.unstable_mockModule('@stockroom/database/query', () => ({ query }))
jest.unstable_mockModule('@stockroom/database/unless-locked', () => ({ unlessLocked }))
const { findLocked, lockStock } = await import('./stock-store.ts')

const trx = {} as Transaction
const [free, locked] = [1, 2]
/** What was asked for, each with the products. */
const asked = () =>
  query.mock.calls.map(([, sql, [ids]]) => [/for update.*|$/.exec(sql)?.[0] || 'without a lock', ids])
const row = (id: number) => ({ id, qty: 5 })

beforeEach(() => {
  query
    .mockReset()
    .mockImplementation(async (_, sql, [ids]) =>
      ids.filter((id) => id !== locked || !sql.includes('for update')).map(row),
    )
  unlessLocked.mockReset().mockResolvedValue(undefined)
})

describe('a product that stays locked', () => {
  it('is waited for once, and then passed over until it could be locked again', async () => {
    await lockStock(trx, [free, locked])
    await findLocked(trx, [locked])
    unlessLocked.mockImplementation((_, work) => work())
    query.mockClear()

    const stock = await lockStock(trx, [free, locked])
    const passedOver = asked()
    query.mockReset().mockResolvedValue([row(locked)])
    await lockStock(trx, [locked])
    query.mockClear()
    await lockStock(trx, [locked])

    expect(stock).toEqual(new Map([[free, 5]]))
    expect(passedOver).toEqual([
      ['for update', [free]],
      ['for update skip locked', [locked]],
    ])
    expect(asked()).toEqual([['for update', [locked]]])
  })
})

describe('findLocked', () => {
  it('tells what is there from what is not', async () => {
    query.mockResolvedValue([{ id: 7 }])

    expect(await findLocked(trx, [7, 8])).toEqual(new Set([7]))
  })

  it('asks nothing about nothing', async () => {
    expect(await findLocked(trx, [])).toEqual(new Set())
    expect(query).not.toHaveBeenCalled()
  })
})
