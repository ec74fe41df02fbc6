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
    'ECONNABORTED',
    'EHOSTDOWN',
    'ENETDOWN',
    'ENETRESET',
    'EADDRNOTAVAIL',
    'EMFILE',
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
    ['3D000', 'it was dropped, and is perhaps being restored'],
    ['40001', 'a transaction could not be serialised'],
    ['40P01', 'transactions wait for each other in a circle'],
    ['55006', 'an object is in use'],
    ['55P03', 'a lock was not free in time'],
    ['25P03', 'a transaction was idle for too long'],
    ['25P04', 'a transaction took too long'],
    ['57P05', 'a session was idle for too long'],
    ['58030', 'its disk fails'],
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
    ['25P02', 'an earlier statement of the transaction has failed'],
    ['55000', 'an object is in another state'],
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
