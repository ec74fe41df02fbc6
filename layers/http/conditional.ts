import { hash } from 'node:crypto'
import { Problem } from './problem.ts'
import type { HttpResponse } from './response.ts'

type Headers = Record<string, string | undefined>

/**
 * Lets a client keep a response and ask whether it still holds: adds an `etag` of the body where it has none of its own, and
 * makes it 304 without the body when the client's `If-None-Match` names that,
 * https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match.
 */
export function conditional(headers: Headers, response: HttpResponse): HttpResponse {
  const { etag = `"${hash('sha1', response.body, 'base64url')}"` } = response.headers
  const kept = { ...response.headers, etag, 'cache-control': 'no-cache' }
  if (!names(headers['if-none-match'], etag)) return { ...response, headers: kept }
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

/** A gateway that packs the response may have weakened the tag; for reading that makes no difference. */
function names(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}
