import { describe, expect, it } from '@jest/globals'
import { runInvocation } from '@stockroom/runtime/invocation'
import { apiEvent } from '../../tests/support/api-event.ts'
import { requestId, requestIdOf } from './request-id.ts'

const given = (id: string) => apiEvent({ headers: { 'x-request-id': id } })
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

describe('requestIdOf', () => {
  it.each(['a', '7', 'A.b_c:d-e', '-', 'x'.repeat(128)])('takes %s from the client', (id) => {
    expect(requestIdOf(given(id))).toBe(id)
  })

  it.each(['', ' ', 'a b', 'a\n', '\nb', 'a/b', 'a,b', 'ä', '"a"', 'x'.repeat(129)])(
    'makes a UUID in place of %j',
    (id) => {
      expect(requestIdOf(given(id))).toMatch(uuid)
    },
  )

  it('makes a UUID for an event without headers', () => {
    expect(requestIdOf({} as never)).toMatch(uuid)
  })
})

describe('the request id on an answer', () => {
  const answer = () => ({ response: { statusCode: 200, headers: {}, body: '' } })
  const { after, onError } = requestId()

  it.each([
    ['an answer', after],
    ['a refusal', onError],
  ])('is that of the invocation: %s', (_, add) => {
    const request = answer()

    runInvocation({ requestId: 'r1' }, () => add?.(request as never))

    expect(request.response.headers).toEqual({ 'x-request-id': 'r1' })
  })

  it('is left out where there is no invocation, or no answer', () => {
    const request = answer()

    after?.(request as never)
    runInvocation({ requestId: 'r1' }, () => after?.({ response: null } as never))

    expect(request.response.headers).toEqual({})
  })
})
