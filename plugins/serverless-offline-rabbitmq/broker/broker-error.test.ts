import { describe, expect, it } from '@jest/globals'
import { stopOnAws } from './broker-error.ts'

const refusedLogin = new Error(
  'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using …"',
)

describe('stopOnAws', () => {
  const withCode = (code: number) => Object.assign(new Error('Operation failed'), { code })

  it('names the code that AWS has for what the broker refused', () => {
    expect(stopOnAws(refusedLogin)).toBe('AWS would stop this mapping: EVENT_SOURCE_AUTHN_ERROR')
  })

  it.each([
    ['a missing queue', withCode(404)],
    ['a queue that the user may not read', withCode(403)],
    ['a virtual host', new Error('Expected ConnectionOpenOk; got <ConnectionClose channel:0>')],
  ])('does not guess the code of %s', (_, error) => {
    expect(stopOnAws(error)).toBe("AWS would stop this mapping where it can't recover from that")
  })

  it('is silent about what passes', () => {
    expect(stopOnAws(new Error('connect ECONNREFUSED'))).toBeUndefined()
    expect(stopOnAws(withCode(406))).toBeUndefined()
  })
})
