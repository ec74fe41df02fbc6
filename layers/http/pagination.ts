import { type InvalidMember, Problem } from './problem.ts'

/** A page that a client asks for: `limit` rows with ids below `before`, newest first. */
export interface PageRequest {
  limit: number
  before: number | undefined
}

export const defaultLimit = 20
export const maxLimit = 100

/**
 * Reads `limit` (1–100, default 20) and `cursor` of a query string.
 * @throws Problem `validation-failed` that names what is wrong
 */
export function pageRequest({ limit, cursor }: Record<string, string | undefined>): PageRequest {
  const errors: InvalidMember[] = []
  const rows = limit === undefined ? defaultLimit : Number(/^\d{1,3}$/.test(limit) ? limit : Number.NaN)
  if (!(rows >= 1 && rows <= maxLimit)) {
    errors.push({ path: '/limit', message: `must be an integer from 1 to ${maxLimit}` })
  }
  const before = cursor === undefined ? undefined : decodeCursor(cursor)
  if (Number.isNaN(before)) errors.push({ path: '/cursor', message: 'is not one that this list has given' })
  if (errors.length > 0)
    throw new Problem('validation-failed', 'The query is not valid; `errors` says where.', { errors })
  return { limit: rows, before }
}

/** The `Link` header to the page of ids below `next`; none on the last page. */
export function nextPageHeader(
  path: string,
  limit: number,
  next: number | undefined,
): Record<string, string> {
  if (next === undefined) return {}
  return { link: `<${path}?limit=${limit}&cursor=${encodeCursor(next)}>; rel="next"` }
}

/** Cuts a list that was read with one row more than `limit`: that row tells whether there is a next page. */
export function cutPage<Row extends { id: number }>(
  rows: Row[],
  limit: number,
): { page: Row[]; next?: number } {
  if (rows.length <= limit) return { page: rows }
  const page = rows.slice(0, limit)
  return { page, next: page[limit - 1]?.id }
}

const encodeCursor = (id: number) => Buffer.from(`before:${id}`).toString('base64url')

function decodeCursor(cursor: string): number {
  const [, digits] =
    /^before:([1-9]\d{0,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return digits ? Number(digits) : Number.NaN
}
