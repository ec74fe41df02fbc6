import { type InvalidMember, Problem } from './problem.ts'

/** A page that a client asks for: `limit` rows from a place on, which is the id before in a list that is newest first. */
export interface PageRequest<Place = number> {
  limit: number
  before: Place | undefined
}

export const defaultLimit = 20
export const maxLimit = 100

type Query = Record<string, string | undefined>

/**
 * Reads `limit` (1–100, default 20) and `cursor` of a query string.
 * @throws Problem `validation-failed` that names what is wrong
 */
export function pageRequest(query: Query): PageRequest {
  const errors: InvalidMember[] = []
  const page = readPage(query, decodeCursor, errors)
  requireNone(errors)
  return page
}

/**
 * The same for a list that has places of its own.
 * @param read a place out of the text in a cursor; undefined for one that the list hasn't given
 * @param errors gets what is wrong, for {@link requireNone}
 */
export function readPage<Place>(
  { limit, cursor }: Query,
  read: (text: string) => Place | undefined,
  errors: InvalidMember[],
): PageRequest<Place> {
  const rows = limit === undefined ? defaultLimit : Number(/^\d{1,3}$/.test(limit) ? limit : Number.NaN)
  if (!(rows >= 1 && rows <= maxLimit)) {
    errors.push({ path: '/limit', message: `must be an integer from 1 to ${maxLimit}` })
  }
  const before = cursor === undefined ? undefined : read(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (cursor !== undefined && before === undefined)
    errors.push({ path: '/cursor', message: 'is not one that this list has given' })
  return { limit: rows, before }
}

/** @throws Problem `validation-failed` when there are errors in a query */
export function requireNone(errors: InvalidMember[]): void {
  if (errors.length > 0)
    throw new Problem('validation-failed', 'The query is not valid; `errors` says where.', { errors })
}

/** The `Link` header to the page of ids below `next`; none on the last page. */
export function nextPageHeader(
  path: string,
  limit: number,
  next: number | undefined,
): Record<string, string> {
  return next === undefined ? {} : linkHeader(path, { limit }, `before:${next}`)
}

/** The `Link` header to the page of a list that begins at `place`, with the query that it has been asked with. */
export function linkHeader(
  path: string,
  query: Record<string, string | number>,
  place: string,
): { link: string } {
  const cursor = Buffer.from(place).toString('base64url')
  const pairs = Object.entries({ ...query, cursor }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  )
  return { link: `<${path}?${pairs.join('&')}>; rel="next"` }
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

/** A place in a list that is newest first. */
export function decodeCursor(text: string): number | undefined {
  const [, digits] = /^before:([1-9]\d{0,15})$/.exec(text) ?? []
  return digits ? Number(digits) : undefined
}
