import { describe, expect, it } from '@jest/globals'
import { settlementOf } from './settlement.ts'

const books = ({ stored, pending }: { stored: number; pending: number[] }) => {
  const looks = pending.values()
  return {
    stored: async () => stored,
    pending: async () => looks.next().value ?? 0,
    queued: async () => 0,
  }
}

describe('the settlement after a peak', () => {
  it('is complete when nothing is pending within ten seconds', async () => {
    const settlement = await settlementOf(books({ stored: 150, pending: [30, 0] }), 100, 50)

    expect(settlement).toMatchObject({ settledShare: 1, queued: 0 })
  })

  it('waits until the last order is settled', async () => {
    const { drainedAfterSeconds } = await settlementOf(books({ stored: 10, pending: [3, 2, 1, 0] }), 10, 0)

    expect(drainedAfterSeconds).toBeGreaterThan(0)
  })

  it('refuses figures of orders that were accepted and are not stored', async () => {
    const settlement = settlementOf(books({ stored: 149, pending: [0] }), 100, 50)

    await expect(settlement).rejects.toThrow('100 orders were accepted, but only 99 are stored.')
  })
})
