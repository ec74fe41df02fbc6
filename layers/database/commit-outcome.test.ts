import { describe, expect, it } from '@jest/globals'
import { isRolledBack } from './commit-outcome.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })

describe('a commit has certainly stored nothing', () => {
  it.each(['23505', '23514', '40001', '40P01', '25P03', '53100', '57014', 'P0001'])(
    'when PostgreSQL refuses it: %s',
    (code) => {
      expect(isRolledBack(withCode(code))).toBe(true)
    },
  )

  it.each([
    'Client has encountered a connection error and is not queryable',
    'COMMIT; - Client was closed and is not queryable',
  ])('when it was never sent: %s', (message) => {
    expect(isRolledBack(new Error(message))).toBe(true)
  })
})

describe('what a commit has stored is unknown', () => {
  it.each(['08006', '08P01', '57P01', '57P02', '58030', 'XX000', 'ECONNRESET', 'EPIPE'])(
    'when the server or the connection was lost: %s',
    (code) => {
      expect(isRolledBack(withCode(code))).toBe(false)
    },
  )

  it.each([
    new Error('COMMIT; - Query read timeout'),
    new Error('Connection terminated unexpectedly'),
    'text',
    undefined,
  ])('when no answer came: %p', (error) => {
    expect(isRolledBack(error)).toBe(false)
  })
})
