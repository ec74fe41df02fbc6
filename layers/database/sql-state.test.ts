import { describe, expect, it } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { sqlStateOf } from './sql-state.ts'

const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })

describe('sqlStateOf', () => {
  it.each(['23505', '55P03', 'XX000', 'P0001'])('reads what PostgreSQL says: %s', (code) => {
    expect(sqlStateOf(withCode(code))).toBe(code)
    expect(sqlStateOf(new Unavailable('database', withCode(code)))).toBe(code)
  })

  it.each(['EPIPE', 'ECONNRESET', 'ERR_TLS_CERT_ALTNAME_INVALID', ''])('takes "%s" for none', (code) => {
    expect(sqlStateOf(withCode(code))).toBe('')
  })

  it.each([new Error('without a code'), new Unavailable('database', 'text'), 'text', undefined])(
    'finds none in %p',
    (error) => {
      expect(sqlStateOf(error)).toBe('')
    },
  )
})
