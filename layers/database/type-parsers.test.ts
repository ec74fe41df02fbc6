import { describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { typeParsers } from './type-parsers.ts'

const parse = (text: string) => typeParsers.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text')(text)

describe('times leave PostgreSQL', () => {
  it.each([
    ['2026-11-21 10:00:00.123+00', '2026-11-21T10:00:00.123Z'],
    ['2026-11-21 12:00:00+02', '2026-11-21T10:00:00.000Z'],
    ['2026-11-20 23:30:00.5-10:30', '2026-11-21T10:00:00.500Z'],
  ])('as ISO 8601 in UTC: %s', (text, time) => {
    expect(parse(text)).toBe(time)
  })

  it.each(['03/05/2026 10:00:00.5 +02', 'infinity', '2026-11-21 10:00:00'])(
    'never as one that they may not mean: %s',
    (text) => {
      expect(() => parse(text)).toThrow(`"${text}" is no time in the style ISO`)
    },
  )
})
