import { describe, expect, it } from '@jest/globals'
import { idempotencyOf } from './idempotency.ts'

const body = { productId: 7, quantity: 3 }
const fingerprint = (order: typeof body) => idempotencyOf('key', order)?.fingerprint

describe('idempotencyOf', () => {
  it('is undefined without a key', () => {
    expect(idempotencyOf(undefined, body)).toBeUndefined()
  })

  it.each(['k', 'K', '"quoted"', ' k', 'a, b', '%6B', 'k'.repeat(255)])(
    'takes the key %j exactly as it was sent',
    (key) => {
      expect(idempotencyOf(key, body)?.key).toBe(key)
    },
  )

  it.each(['', 'k'.repeat(256)])('refuses the key %j', (key) => {
    expect(() => idempotencyOf(key, body)).toThrow(
      expect.objectContaining({ code: 'idempotency-key-malformed', status: 400 }),
    )
  })

  it('gives the same body the same fingerprint, in whatever order its members came', () => {
    expect(fingerprint({ quantity: 3, productId: 7 })).toBe(fingerprint(body))
  })

  it.each([
    { productId: 3, quantity: 7 },
    { productId: 7, quantity: 4 },
    { productId: 8, quantity: 3 },
    { productId: 73, quantity: 1 },
  ])('gives another body another fingerprint: %j', (other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(body))
  })

  it('does not hold the body itself', () => {
    expect(fingerprint(body)).toMatch(/^[\w-]{43}$/)
  })
})
