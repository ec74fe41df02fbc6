import { describe, expect, it } from '@jest/globals'
import { describeBrokerError, isLoginRefused } from './broker-error.ts'

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

describe('isLoginRefused', () => {
  it('tells a wrong password from other errors', () => {
    expect(isLoginRefused(refusedLogin)).toBe(true)
    expect(isLoginRefused(new Error('connect ECONNREFUSED'))).toBe(false)
  })
})
