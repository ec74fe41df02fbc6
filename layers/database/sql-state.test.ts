import { expect, it } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { sqlStateOf } from './sql-state.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })

it.each(['23505', 'P0001'])(
  'sqlStateOf reads what PostgreSQL says, also behind another error: %s',
  (code) => {
    expect(sqlStateOf(withCode(code))).toBe(code)
    expect(sqlStateOf(new Unavailable('database', withCode(code)))).toBe(code)
  },
)

it.each([
  withCode('EPIPE'),
  withCode(''),
  new Error('without a code'),
  new Unavailable('database', 'text'),
  'text',
])('sqlStateOf finds none in %p', (error) => {
  expect(sqlStateOf(error)).toBe('')
})
