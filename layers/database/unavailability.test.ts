import { describe, expect, it } from '@jest/globals'
import { isUnavailable } from './unavailability.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })

describe('a database is unavailable', () => {
  it.each([
    ['ECONNREFUSED', 'the network fails'],
    ['08006', 'the connection failed'],
    ['28P01', 'the password is refused'],
    ['53300', 'there are too many connections'],
    ['57P01', 'an administrator shuts it down'],
    ['57014', 'a statement took too long'],
    ['25006', 'it is a replica'],
    ['55P03', 'a lock was not free in time'],
  ])('when its error is %s, as %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true)
  })

  it.each([
    ['a query has timed out', new Error('Query read timeout')],
    ['the connection was closed', new Error('select 1 - Client was closed and is not queryable')],
    ['no connection of the pool gets free', Object.assign(new Error(), { name: 'KnexTimeoutError' })],
    ['one of its addresses refuses', new AggregateError([new Error(), withCode('ECONNREFUSED')])],
  ])('when %s', (_, error) => {
    expect(isUnavailable(error)).toBe(true)
  })
})

describe('a database is there', () => {
  it.each([
    ['23505', 'a value is there already'],
    ['42P01', 'a table is missing'],
    ['25001', 'a transaction is under way, of the class of a replica'],
    ['55000', 'an object is in another state, of the class of a lock'],
    ['57000', 'somebody intervened, of the class of a shutdown'],
    ['X0800', 'the class of a lost connection stands elsewhere'],
  ])('when PostgreSQL says %s, as %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false)
  })

  it.each([
    new Error('The text says: Query read timeout'),
    new AggregateError([new Error('something')]),
    'ECONNREFUSED',
    undefined,
    { code: 'ECONNREFUSED' },
  ])('when it is something else that fails: %p', (error) => {
    expect(isUnavailable(error)).toBe(false)
  })
})
