import { expect, it } from '@jest/globals'
import { OutcomeUnknown, Unavailable } from './unavailable.ts'

it.each([
  ['an error', new Error('connection refused'), 'The database is unavailable: connection refused'],
  ['an error without words', new AggregateError([], ''), 'The database is unavailable: AggregateError'],
  ['text', 'not connected', 'The database is unavailable: not connected'],
])('Unavailable says for the log what is away and why, from %s', (_, cause, message) => {
  expect(new Unavailable('database', cause)).toMatchObject({ message, cause, service: 'database' })
})

it.each([new Error('lost'), 'lost'])('OutcomeUnknown says why, from %p', (cause) => {
  const message = "It isn't known whether the change was stored: lost"

  expect(new OutcomeUnknown(cause)).toMatchObject({ message, cause })
})
