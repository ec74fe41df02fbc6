import { hash } from 'node:crypto'
import { Problem } from './problem.ts'
import type { HttpResponse } from './response.ts'

type Headers = Record<string, string | undefined>

/**
 * Lets a client keep an answer and ask whether it still holds: adds an `etag` of the body, and answers 304 without the
 * body when the client's `If-None-Match` names it, https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match.
 *
 * @param etag of what the body shows, where that has one of its own
 *
 * @example
 * return conditional(headers, json(200, product))
 */
export function conditional(
  headers: Headers,
  answer: HttpResponse,
  etag = `"${hash('sha1', answer.body, 'base64url')}"`,
): HttpResponse {
  const kept = { ...answer.headers, etag, 'cache-control': 'no-cache' }
  if (!names(headers['if-none-match'], etag)) return { ...answer, headers: kept }
  return { statusCode: 304, headers: kept, body: '' }
}

/**
 * Holds a change to what its client has seen, https://www.rfc-editor.org/rfc/rfc9110#name-if-match: without an `If-Match`
 * every client may change what is there, `*` too. Weak tags never match. Call it for what is there alone.
 * @throws Problem `precondition-failed` when `If-Match` doesn't name `etag`
 */
export function requireMatch({ 'if-match': ifMatch }: Headers, etag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  if (ifMatch.split(',').some((tag) => tag.trim() === etag)) return
  throw new Problem('precondition-failed', 'It has changed since you have read it: read it again.')
}

/** A gateway that packs the answer may have weakened the tag; for reading that makes no difference. */
function names(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
