import { describe, expect, it } from '@jest/globals'
import { capacity, takesMs, waitForBatch } from './batches.ts'
import { seededRandom } from './random.ts'

const time = { fixedMs: 2, perOrderMs: 0.01 }
const load = { perSecond: 100, time, maxBatch: 500, orders: 20_000 }

describe('capacity', () => {
  it('shares the fixed part of a batch among its orders', () => {
    expect(takesMs(time, 100)).toBe(3)
    expect(capacity(time, 100)).toBeCloseTo(33_333.3, 0)
    expect(capacity(time, 1)).toBeCloseTo(497.5, 1)
  })
})

describe('waitForBatch', () => {
  it.each([0.2, 0.5, 0.8])(
    'waits as Pollaczek and Khinchine say, one by one at %d of the capacity',
    (load) => {
      const held = { fixedMs: 2, perOrderMs: 0 }
      const expectedMs = 2 + (load * 2) / (2 * (1 - load))

      const waiting = waitForBatch(
        { perSecond: load * 500, time: held, maxBatch: 1, orders: 200_000 },
        seededRandom(1),
      )

      expect(waiting?.utilisation).toBeCloseTo(load, 1)
      expect(waiting?.meanBatch).toBe(1)
      expect((waiting?.meanMs as number) / expectedMs).toBeGreaterThan(0.95)
      expect((waiting?.meanMs as number) / expectedMs).toBeLessThan(1.05)
    },
  )

  it('says that the wait grows when more orders come than go through', () => {
    expect(waitForBatch({ ...load, perSecond: 500, maxBatch: 1 }, seededRandom(1))).toBeUndefined()
    expect(waitForBatch({ ...load, perSecond: 500 }, seededRandom(1))).toBeDefined()
  })

  it('makes the batches larger as more orders come, up to the largest', () => {
    const [few, many] = [100, 19_000].map((perSecond) =>
      waitForBatch({ ...load, perSecond, maxBatch: 50 }, seededRandom(1)),
    )

    expect(few?.meanBatch).toBeLessThan(1.5)
    expect(many?.meanBatch).toBeGreaterThan(40)
    expect(many?.meanBatch).toBeLessThanOrEqual(50)
  })

  it('makes nobody wait less than a batch of one takes, and few longer than most', () => {
    const waiting = waitForBatch({ ...load, perSecond: 5000 }, seededRandom(1))

    expect(waiting?.p50Ms).toBeGreaterThanOrEqual(takesMs(time, 1))
    expect(waiting?.p99Ms).toBeGreaterThan(waiting?.p50Ms as number)
  })

  it('collects for the batching window, unless the batch is full before', () => {
    const windowMs = 500
    const [few, many] = [100, 10_000].map((perSecond) =>
      waitForBatch({ ...load, perSecond, windowMs }, seededRandom(1)),
    )

    expect(few?.meanBatch).toBeGreaterThan(45)
    expect(few?.meanBatch).toBeLessThan(55)
    expect(few?.p99Ms).toBeLessThanOrEqual(windowMs + takesMs(time, 80))
    expect(many?.meanBatch).toBe(500)
    expect(many?.p99Ms).toBeLessThan(60)
  })

  it('gives the same for the same seed', () => {
    expect(waitForBatch(load, seededRandom(7))).toEqual(waitForBatch(load, seededRandom(7)))
  })
})
