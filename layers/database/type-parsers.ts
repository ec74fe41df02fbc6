import pg from 'pg'

const { builtins } = pg.types

/**
 * How values leave PostgreSQL: `bigint` and `numeric` as numbers (the shop's ids and amounts stay within what a
 * double holds exactly), `timestamptz` as ISO 8601 in UTC.
 */
export const typeParsers = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    if (type === builtins.INT8 || type === builtins.NUMERIC) return Number
    if (type === builtins.TIMESTAMPTZ) return (text: string) => new Date(text).toISOString()
    return pg.types.getTypeParser(type, format)
  },
}
