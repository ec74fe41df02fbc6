import { describe, expect, it } from '@jest/globals'
import { isEmpty } from './drain.ts'

describe('what waits', () => {
  it.each([
    [{ outbox: 0, queues: { a: 0, b: 0 } }, true],
    [{ outbox: 1, queues: { a: 0, b: 0 } }, false],
    [{ outbox: 0, queues: { a: 0, b: 1 } }, false],
    [{ outbox: null, queues: null }, true],
  ])('is nothing when outbox and queues are empty or unknown: %j', (sample, empty) => {
    expect(isEmpty(sample)).toBe(empty)
  })
})
