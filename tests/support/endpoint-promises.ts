import { describe, expect, it } from '@jest/globals'
import type { HttpResponse } from '@stockroom/http/response'
import { Unavailable } from '@stockroom/runtime/unavailable'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { type ApiRequest, apiEvent } from './api-event.ts'
import { expectContract } from './contract.ts'
import { lambdaContext } from './lambda-context.ts'

type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>

/** Sends a request through the whole chain of an endpoint; `body` is the parsed answer. */
export async function send(endpoint: Endpoint, request: ApiRequest = {}) {
  const { statusCode, headers, body } = await endpoint(apiEvent(request), lambdaContext())
  const [method = '', path = ''] = request.route?.split(' ') ?? []
  if (request.route) expectContract({ method, path, status: statusCode, headers, body })
  return { statusCode, headers, body: body ? JSON.parse(body) : undefined }
}

/** What stands on every answer that doesn't say otherwise. */
export const standardHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'referrer-policy': 'no-referrer',
}

/** The problem details of a refusal, whole: a member more or less is a failure. */
export const problem = (status: number, code: string, errors?: { path: string; message?: string }[]) => ({
  type: `urn:stockroom:problem:${code}`,
  title: expect.any(String),
  status,
  detail: expect.any(String),
  code,
  requestId: expect.any(String),
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  ...(errors && { errors: errors.map((error) => ({ message: expect.any(String), ...error })) }),
})

/**
 * The promises that every endpoint keeps.
 * @param request one that succeeds
 * @param fails makes what the endpoint needs fail with an error, once
 */
export function itKeepsTheEndpointPromises(
  endpoint: Endpoint,
  { request, fails }: { request: ApiRequest; fails?: (error: Error) => void },
): void {
  describe('as every endpoint', () => {
    it('returns the X-Request-Id that the client has sent, or a new UUID in the place of none or a harmful one', async () => {
      const idFor = async (sent?: string) => {
        const headers = { ...request.headers, ...(sent && { 'x-request-id': sent }) }
        return (await send(endpoint, { ...request, headers })).headers['x-request-id']
      }

      const ids = [await idFor(), await idFor('two words')]

      expect(await idFor('client:request_7.a-Z')).toBe('client:request_7.a-Z')
      expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)))
      expect(new Set(ids).size).toBe(2)
    })

    if (fails) itFailsPolitely(endpoint, request, fails)
  })
}

function itFailsPolitely(endpoint: Endpoint, request: ApiRequest, fails: (error: Error) => void): void {
  it.each([
    {
      says: '503 with Retry-After while something that it needs is away, and not what',
      error: new Unavailable('database', new Error('connect ECONNREFUSED 10.0.0.7:5432')),
      refusal: problem(503, 'service-unavailable'),
      moreHeaders: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) },
    },
    {
      says: 'nothing internal when it fails',
      error: new Error('relation "secret" does not exist at postgres://user:password@db.internal/shop'),
      refusal: problem(500, 'internal-error'),
    },
  ])('says $says', async ({ error, refusal, moreHeaders }) => {
    const requestId = 'r1'
    fails(error)

    const headers = { ...request.headers, 'x-request-id': requestId }
    const answer = await send(endpoint, { ...request, headers })

    expect(answer.statusCode).toBe(refusal.status)
    expect(answer.headers).toEqual({
      ...standardHeaders,
      'content-type': 'application/json',
      'x-request-id': requestId,
      ...moreHeaders,
    })
    expect(answer.body).toEqual({ ...refusal, requestId })
    expect(JSON.stringify(answer.body)).not.toMatch(
      /10\.0\.0\.7|ECONN|database|secret|password|internal\/|postgres|\.ts/,
    )
  })
}
