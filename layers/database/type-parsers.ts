import pg from 'pg'

const { builtins } = pg.types

/**
 * How values leave PostgreSQL: `bigint` and `numeric` as numbers (the shop's ids and amounts stay within what a
 * double holds exactly), `timestamptz` as ISO 8601 in UTC. A time in another style than ISO is an error: `03/05/2026`
 * may be two days.
 */
export const typeParsers = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    if (type === builtins.INT8 || type === builtins.NUMERIC) return Number
    if (type === builtins.TIMESTAMPTZ) return isoTime
    return pg.types.getTypeParser(type, format)
  },
}

const isoStyle = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/

function isoTime(text: string): string {
  if (!isoStyle.test(text)) throw new Error(`"${text}" is no time in the style ISO`)
  return new Date(text).toISOString()
}
