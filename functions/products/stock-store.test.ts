import { expect, it, jest } from '@jest/globals'
import type { Transaction } from '@stockroom/database/query'

const query = jest.fn<(trx: unknown, sql: string, bindings: [number[], number[]]) => Promise<unknown[]>>()
jest.unstable_mockModule('@stockroom/database/query', () => ({ query }))
const { lockStock } = await import('./stock-store.ts')

const lock = (...ids: number[]) => lockStock({} as Transaction, ids)
const free = (id: number) => ({ id, qty: 5, isLocked: false })
const locked = (id: number) => ({ id, qty: 5, isLocked: true })

it('waits once for a product that stays locked, and again when it could be locked or is gone', async () => {
  query
    .mockResolvedValueOnce([free(1), locked(2), locked(3)])
    .mockResolvedValueOnce([free(1), locked(2), locked(3)])
    .mockResolvedValueOnce([free(1), free(2)])
    .mockResolvedValueOnce([free(1), free(2)])

  for (let batch = 0; batch < 4; batch += 1) await lock(1, 2, 3)

  expect(query.mock.calls.map(([, , products]) => products)).toEqual([
    [[1, 2, 3], []],
    [[1], [2, 3]],
    [[1], [2, 3]],
    [[1, 2, 3], []],
  ])
})
