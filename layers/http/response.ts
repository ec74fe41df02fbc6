/** A response of a function; header names are lower case, as headers that differ in case alone would be sent twice. */
export interface HttpResponse {
  statusCode: number
  headers: Record<string, string>
  body: string
}

/** A response with a JSON body. */
export function json(statusCode: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

/** A response that is text already, such as a page or a script. */
export const text = (
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): HttpResponse => ({
  statusCode: 200,
  headers: { 'content-type': contentType, ...headers },
  body,
})

/** Stands on every 503: nothing here stays away for long. */
export const retryLater = { 'retry-after': '1' }

/** 204, without a body. */
export const noContent = (): HttpResponse => ({ statusCode: 204, headers: {}, body: '' })

/** The header that tells whether the response came out of the cache. */
export const cacheHeader = (hit: boolean): { 'x-cache': 'HIT' | 'MISS' } => ({
  'x-cache': hit ? 'HIT' : 'MISS',
})
