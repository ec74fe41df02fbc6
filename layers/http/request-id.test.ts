import { describe, expect, it } from '@jest/globals'
import { apiEvent } from '../../tests/support/api-event.ts'
import { requestIdOf } from './request-id.ts'

const given = (id: string) => apiEvent({ headers: { 'x-request-id': id } })
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

describe('requestIdOf', () => {
  it.each(['a', '7', 'A.b_c:d-e', '-', 'x'.repeat(128)])('takes %s from the client', (id) => {
    expect(requestIdOf(given(id))).toBe(id)
  })

  it.each(['', 'a b', 'a\n', 'a/b', 'ä', 'x'.repeat(129)])('makes a UUID in place of %j', (id) => {
    expect(requestIdOf(given(id))).toMatch(uuid)
  })

  it('makes a UUID for an event without headers', () => {
    expect(requestIdOf({} as never)).toMatch(uuid)
  })
})
