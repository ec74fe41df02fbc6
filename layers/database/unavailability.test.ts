import { describe, expect, it } from '@jest/globals'
import { isUnavailable } from './unavailability.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })
const withName = (name: string) => Object.assign(new Error('from knex'), { name })

describe('a database is unavailable', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'ETIMEDOUT',
  ])('when the network says %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true)
  })

  it.each([
    ['08006', 'the connection failed'],
    ['08P01', 'the protocol was broken'],
    ['53300', 'there are too many connections'],
    ['53100', 'the disk is full'],
    ['57P01', 'an administrator shuts it down'],
    ['57P03', 'it is starting up'],
    ['57014', 'a statement took too long'],
    ['25006', 'it is a replica'],
  ])('when PostgreSQL says %s, as %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true)
  })

  it.each([
    'Query read timeout',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
  ])('when pg says "%s"', (message) => {
    expect(isUnavailable(new Error(message))).toBe(true)
  })

  it('when no connection of the pool gets free in time', () => {
    expect(isUnavailable(withName('KnexTimeoutError'))).toBe(true)
  })

  it('when one of the addresses of its host refuses connections', () => {
    const error = new AggregateError([new Error('something'), withCode('ECONNREFUSED')])

    expect(isUnavailable(error)).toBe(true)
  })
})

describe('a database is there', () => {
  it.each([
    ['23505', 'a value is there already'],
    ['23514', 'a check is violated'],
    ['42601', 'the SQL is wrong'],
    ['42P01', 'a table is missing'],
    ['22P02', 'a value cannot be read'],
    ['25001', 'a transaction is under way'],
    ['57000', 'somebody intervened otherwise'],
    ['X0800', 'the class is unknown'],
  ])('when PostgreSQL says %s, as %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false)
  })

  it.each([
    new Error('something else'),
    new Error('The text says: Query read timeout'),
    new AggregateError([new Error('something')]),
    'ECONNREFUSED',
    undefined,
    null,
    { code: 'ECONNREFUSED' },
  ])('when it is something else that fails: %p', (error) => {
    expect(isUnavailable(error)).toBe(false)
  })
})
