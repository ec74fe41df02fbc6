import { expect, it } from '@jest/globals'
import { isRolledBack } from './commit-outcome.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })

it.each([
  ['refused by PostgreSQL', withCode('23505')],
  ['cancelled', withCode('57014')],
  ['never sent', new Error('Client has encountered a connection error and is not queryable')],
  ['never sent, as knex says', new Error('COMMIT; - Client was closed and is not queryable')],
])('a commit that was %s has certainly stored nothing', (_, error) => {
  expect(isRolledBack(error)).toBe(true)
})

it.each([
  ['the connection was lost', withCode('08006')],
  ['the server was shut down', withCode('57P01')],
  ['its disk failed', withCode('58030')],
  ['it has failed within', withCode('XX000')],
  ['the network has failed', withCode('ECONNRESET')],
  ['no answer came', new Error('COMMIT; - Query read timeout')],
  ['somebody has thrown a text', 'text'],
])('what a commit has stored is unknown when %s', (_, error) => {
  expect(isRolledBack(error)).toBe(false)
})
