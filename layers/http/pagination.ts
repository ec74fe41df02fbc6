import Type from 'typebox'
import type { Parameter, Parameters } from './parameter.ts'

/** A page that a client asks for: `limit` rows from a place on, which is the id before in a list that is newest first. */
export interface PageRequest<Place = number> {
  limit: number
  before: Place | undefined
}

export const defaultLimit = 20

/**
 * Where a page of a list goes on.
 * @param read a place out of the text in a cursor, and the parameters before it; undefined for one that the list hasn't given
 */
export const cursorOf = <Place>(read: (text: string, others: object) => Place | undefined) =>
  ({
    description: 'Where to go on: the `cursor` in the `Link` of the page before.',
    schema: Type.String(),
    read: (text: string, others: object) => read(Buffer.from(text, 'base64url').toString('utf8'), others),
    message: 'is not one that this list has given',
  }) satisfies Parameter

/** What a list that is newest first takes in its query. */
export const pageQuery = {
  limit: {
    description: 'How many to list at most.',
    schema: Type.Integer({ minimum: 1, maximum: 100 }),
    default: defaultLimit,
    example: 20,
  },
  cursor: cursorOf(readPlace),
} satisfies Parameters

/** A place in a list that is newest first. */
export function readPlace(text: string): number | undefined {
  const [, digits] = /^before:([1-9]\d{0,15})$/.exec(text) ?? []
  return digits ? Number(digits) : undefined
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
