import type middy from '@middy/core'
import { DeadlineExceeded } from '@stockroom/runtime/deadline'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import { unavailableAnswers } from '@stockroom/telemetry/shop-metrics'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { errorCodes } from './error-codes.ts'
import { Problem } from './problem.ts'
import { type HttpResponse, retryLater } from './response.ts'

/** Makes every error problem details, https://www.rfc-editor.org/rfc/rfc9457. */
export const problemDetails = (): middy.MiddlewareObj<APIGatewayProxyEventV2, HttpResponse> => ({
  onError: function problemOnError(request) {
    request.response = problemResponse(problemOf(request.error), request.event.headers?.accept)
  },
})

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Unavailable || error instanceof DeadlineExceeded) {
    log.warn({ err: error }, 'request refused for now')
    unavailableAnswers.of(error instanceof Unavailable ? error.service : 'timeout').add()
    return new Problem('service-unavailable', 'A service that the shop needs is away. Try again in a moment.')
  }
  if (error instanceof OutcomeUnknown) {
    log.warn({ err: error }, 'what became of the request is unknown')
    return new Problem('outcome-unknown', 'It may have taken place, or not. Look before you send it again.')
  }
  log.error({ err: error }, 'request failed')
  return new Problem(
    'internal-error',
    'The shop could not handle the request. The request id leads to its log.',
  )
}

function problemResponse(
  { code, status, detail, errors, headers }: Problem,
  accept: string | undefined,
): HttpResponse {
  const body = {
    type: `urn:stockroom:problem:${code}`,
    title: errorCodes[code].title,
    status,
    detail,
    code,
    requestId: currentInvocation()?.requestId,
    timestamp: new Date().toISOString(),
    errors,
  }
  const wantsProblem = accept?.toLowerCase().includes('application/problem+json')
  return {
    statusCode: status,
    headers: {
      'content-type': wantsProblem ? 'application/problem+json' : 'application/json',
      ...(status === 503 && retryLater),
      ...headers,
    },
    body: JSON.stringify(body),
  }
}
