import { expect, it } from '@jest/globals'
import { lockAndRead, lockedStock } from './stock-store.ts'

const free = (id: number) => ({ id, qty: 5, isLocked: false })
const locked = (id: number) => ({ id, qty: 5, isLocked: true })

it('waits once for a product that stays locked, and again when it could be locked or is gone', () => {
  const batches = [
    [free(1), locked(2), locked(3)],
    [free(1), locked(2), locked(3)],
    [free(1), free(2)],
    [free(1), free(2)],
  ]

  const asked = batches.map((stock) => {
    const { bindings = [] } = lockAndRead([1, 2, 3], [])
    lockedStock([1, 2, 3], [{ stock, decisions: null }])
    return bindings.slice(0, 2)
  })

  expect(asked).toEqual([
    [[1, 2, 3], []],
    [[1], [2, 3]],
    [[1], [2, 3]],
    [[1, 2, 3], []],
  ])
})

it('has no stock of a product that somebody else keeps locked', () => {
  const { stock, locked: kept } = lockedStock([1, 2], [{ stock: [free(1), locked(2)], decisions: null }])

  expect({ stock, kept }).toEqual({ stock: new Map([[1, 5]]), kept: new Set([2]) })
})
