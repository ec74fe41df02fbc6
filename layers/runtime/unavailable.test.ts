import { describe, expect, it } from '@jest/globals'
import { Unavailable } from './unavailable.ts'

describe('Unavailable', () => {
  it.each([
    ['an error', new Error('connection refused'), 'The database is unavailable: connection refused'],
    ['an error without words', new AggregateError([], ''), 'The database is unavailable: AggregateError'],
    ['text', 'not connected', 'The database is unavailable: not connected'],
  ])('says for the log what is away and why, from %s', (_, cause, message) => {
    expect(new Unavailable('database', cause)).toMatchObject({ message, cause, service: 'database' })
  })
})
