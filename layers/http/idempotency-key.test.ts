import { describe, expect, it } from '@jest/globals'
import { readIdempotencyKey } from './idempotency-key.ts'

const fingerprint = (...request: (string | number)[]) => readIdempotencyKey('key', request)?.fingerprint

describe('readIdempotencyKey', () => {
  it('is undefined without the header', () => {
    expect(readIdempotencyKey(undefined, [1])).toBeUndefined()
  })

  it.each(['', 'k'.repeat(256)])('refuses the key %j', (key) => {
    expect(() => readIdempotencyKey(key, [1])).toThrow(
      expect.objectContaining({ code: 'idempotency-key-malformed', status: 400 }),
    )
  })

  it('tells requests apart that would read the same one after the other', () => {
    const all = [fingerprint(1, 23), fingerprint(12, 3), fingerprint('1', 23), fingerprint(1, '23')]

    expect(new Set(all).size).toBe(4)
    expect(fingerprint(1, 23)).toBe(all[0])
  })
})
