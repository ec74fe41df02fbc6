import { describe, expect, it } from '@jest/globals'
import { idempotencyKeyHeader, idempotencyOf } from './idempotency-key.ts'
import { parameterReader } from './read-parameters.ts'

const readHeaders = parameterReader('headers', { key: idempotencyKeyHeader('order') })
const fingerprint = (...request: (string | number)[]) => idempotencyOf('key', request)?.fingerprint

describe('an idempotency key', () => {
  it.each(['k', 'K', '"quoted"', ' k', 'a, b', '%6B', 'k'.repeat(255)])(
    'is %j exactly as it was sent',
    (key) => {
      expect(readHeaders({ key })).toEqual({ key })
      expect(idempotencyOf(key, [1])?.key).toBe(key)
    },
  )

  it('may be left out', () => {
    expect(idempotencyOf(undefined, [1])).toBeUndefined()
  })
})

describe('the fingerprint of a request', () => {
  it('is the same for the same request, and does not hold it', () => {
    expect(fingerprint(1, 23)).toBe(fingerprint(1, 23))
    expect(fingerprint(1, 23)).toMatch(/^[\w-]{43}$/)
  })

  it('tells requests apart that would read the same one after the other', () => {
    const all = [fingerprint(1, 23), fingerprint(12, 3), fingerprint('1', 23), fingerprint(1, '23')]

    expect(new Set(all).size).toBe(4)
  })
})
