import { describe, expect, it } from '@jest/globals'
import { settlementOf } from './settlement.ts'

const books = ({ stored, pending }: { stored: number; pending: number[] }) => {
  const looks = pending.values()
  return {
    stored: async () => stored,
    pending: async () => looks.next().value ?? 0,
    settledP99Ms: async () => 0,
  }
}
const load = (accepted: number, storedBefore = 0) => ({
  accepted,
  storedBefore,
  beganAt: performance.now() - 1000,
})

describe('the settlement after a load', () => {
  it('divides the orders by the time from the first request until the last was settled', async () => {
    const { settledPerSecond } = await settlementOf(books({ stored: 150, pending: [30, 0] }), load(100, 50))

    expect(settledPerSecond).toBeGreaterThan(0)
    expect(settledPerSecond).toBeLessThan(100)
  })

  it('waits until the last order is settled', async () => {
    const { drainedAfterSeconds } = await settlementOf(books({ stored: 10, pending: [3, 2, 1, 0] }), load(10))

    expect(drainedAfterSeconds).toBeGreaterThan(0)
  })

  it('refuses figures of orders that were accepted and are not stored', async () => {
    const settlement = settlementOf(books({ stored: 149, pending: [0] }), load(100, 50))

    await expect(settlement).rejects.toThrow('100 orders were accepted, but only 99 are stored.')
  })
})
