import { describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { typeParsers } from './type-parsers.ts'

const { builtins } = pg.types
const parse = (type: number, text: string) => typeParsers.getTypeParser(type, 'text')(text)

describe('values leave PostgreSQL', () => {
  it.each([
    ['bigint', builtins.INT8, '9007199254740991', 9_007_199_254_740_991],
    ['numeric', builtins.NUMERIC, '9999999999999.99', 9_999_999_999_999.99],
    ['integer', builtins.INT4, '1000000000', 1_000_000_000],
  ])('as numbers: %s', (_, type, text, value) => {
    expect(parse(type, text)).toBe(value)
  })

  it.each([
    ['2026-11-21 10:00:00.123+00', '2026-11-21T10:00:00.123Z'],
    ['2026-11-21 12:00:00+02', '2026-11-21T10:00:00.000Z'],
    ['2026-11-20 23:30:00.5-10:30', '2026-11-21T10:00:00.500Z'],
  ])('as ISO 8601 in UTC: %s', (text, time) => {
    expect(parse(builtins.TIMESTAMPTZ, text)).toBe(time)
  })

  it.each(['03/05/2026 10:00:00.5 +02', 'infinity', '2026-11-21 10:00:00'])(
    'never as a time that they may not mean: %s',
    (text) => {
      expect(() => parse(builtins.TIMESTAMPTZ, text)).toThrow(`"${text}" is no time in the style ISO`)
    },
  )

  it('as pg has it otherwise', () => {
    expect(parse(builtins.BOOL, 't')).toBe(true)
    expect(parse(builtins.JSON, '{"a":1}')).toEqual({ a: 1 })
  })
})
