import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Problem } from '@stockroom/http/problem'
import { exampleOrder, type Order } from './order.ts'
import type { Placed } from './placement-store.ts'

const findRemembered = jest.fn<typeof import('./idempotency-store.ts').findRemembered>()
jest.unstable_mockModule('./idempotency-store.ts', () => ({ findRemembered }))
const { respondOnce } = await import('./idempotent-response.ts')

const order = { ...exampleOrder, id: 42 } as Order
const idempotency = { key: 'a', fingerprint: 'one' }
const placed = { outcome: 'placed', order } as const
const place = jest.fn<() => Promise<Placed>>()
const headers = { 'content-type': 'application/json', location: '/orders/42' }
const first = { statusCode: 202, headers, body: JSON.stringify(order) }
const refusal = (code: string) => expect.objectContaining({ code })

beforeEach(() => {
  findRemembered.mockReset().mockResolvedValue(undefined)
  place.mockReset().mockResolvedValue(placed)
})

describe('respondOnce', () => {
  it('refuses the key while its first request runs, and no other key', async () => {
    const { promise, resolve } = Promise.withResolvers<Placed>()
    place.mockReturnValueOnce(promise)
    const running = respondOnce(idempotency, place)

    const same = respondOnce(idempotency, place)
    const other = respondOnce({ ...idempotency, key: 'A' }, place)

    await expect(same).rejects.toEqual(refusal('idempotency-key-in-progress'))
    expect(await other).toEqual(first)
    resolve(placed)
    expect(await running).toEqual(first)
  })

  it.each([
    ['the request is refused', place, new Problem('insufficient-stock', 'Only 2 are left.')],
    ['the request fails', place, new Error('no connection')],
    ['it cannot be looked up', findRemembered, new Error('no connection')],
  ])('leaves the key free when %s', async (_, failing, error) => {
    failing.mockRejectedValueOnce(error)

    await expect(respondOnce(idempotency, place)).rejects.toBe(error)
    expect(await respondOnce(idempotency, place)).toEqual(first)
  })

  it('asks for another try when another instance has the key, but nothing to show', async () => {
    place.mockResolvedValue({ outcome: 'key-taken' })

    await expect(respondOnce(idempotency, place)).rejects.toEqual(refusal('idempotency-key-in-progress'))
  })
})
