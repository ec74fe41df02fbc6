import { describe, expect, it } from '@jest/globals'
import { describeBrokerError, isLoginRefused, stopOnAws } from './broker-error.ts'

const place = { address: 'amqp://localhost:5672', virtualHost: 'shop', queue: 'stock' }
const refusedLogin = new Error(
  'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using …"',
)

describe('describeBrokerError', () => {
  it.each([
    [
      Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
      "RabbitMQ at amqp://localhost:5672 can't be reached (ECONNREFUSED): start it or correct the broker URL.",
    ],
    [
      refusedLogin,
      'RabbitMQ at amqp://localhost:5672 refused the user name or the password: correct them in the broker URL.',
    ],
    [
      new Error('Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
      'RabbitMQ at amqp://localhost:5672 has no virtual host "shop" that this user may open: create it or grant access.',
    ],
  ])('says what is wrong with the connection and what to do', (error, line) => {
    expect(describeBrokerError(error, { ...place, queue: undefined })).toBe(line)
  })

  it('says which queue is missing', () => {
    const error = Object.assign(new Error('Operation failed: BasicConsume; 404 (NOT-FOUND)'), { code: 404 })

    expect(describeBrokerError(error, place)).toBe(
      'RabbitMQ at amqp://localhost:5672 has no queue "stock" in virtual host "shop": declare it before polling starts.',
    )
  })
})

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

describe('isLoginRefused', () => {
  it('tells a wrong password from other errors', () => {
    expect(isLoginRefused(refusedLogin)).toBe(true)
    expect(isLoginRefused(new Error('connect ECONNREFUSED'))).toBe(false)
  })
})
