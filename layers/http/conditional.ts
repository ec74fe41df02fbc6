import { hash } from 'node:crypto'
import type { HttpResponse } from './response.ts'

/**
 * Lets a client keep an answer and ask whether it still holds: adds an `etag` of the body, and answers 304 without the
 * body when the client's `If-None-Match` names it, https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match.
 *
 * @example
 * return conditional(headers, json(200, product))
 */
export function conditional(headers: Record<string, string | undefined>, answer: HttpResponse): HttpResponse {
  const etag = `"${hash('sha1', answer.body, 'base64url')}"`
  const kept = { ...answer.headers, etag, 'cache-control': 'no-cache' }
  if (!names(headers['if-none-match'], etag)) return { ...answer, headers: kept }
  return { statusCode: 304, headers: kept, body: '' }
}

/** A gateway that packs the answer may have weakened the tag; for reading that makes no difference. */
function names(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
