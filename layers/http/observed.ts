import type { Invocation } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { acceptedTraceparent } from '@stockroom/runtime/trace-context'
import { observeInvocation } from '@stockroom/telemetry/observe-invocation'
import type { SpanOutcome } from '@stockroom/telemetry/span'
import { tracing } from '@stockroom/telemetry/tracing'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { requestIdOf } from './request-id.ts'
import type { HttpResponse } from './response.ts'
import { type RouteMeter, routeMeterOf } from './route-meter.ts'

type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>

/** Runs an endpoint as an invocation, and records its response in metrics, log and trace. */
export function observed(endpoint: Endpoint): Endpoint {
  return (event, context) => {
    const startedAt = performance.now()
    const meter = routeMeterOf(event.routeKey)
    const begin = {
      functionName: context.functionName,
      requestId: requestIdOf(event),
      parent: acceptedTraceparent(event.headers?.traceparent),
      span: tracing && serverSpan(event, meter),
    }
    return observeInvocation(begin, async () => {
      const response = await endpoint(event, context)
      const seconds = (performance.now() - startedAt) / 1000
      meter.count(response.statusCode, seconds)
      if (log.isLevelEnabled('debug')) logResponse(meter, response, seconds)
      return response
    })
  }
}

function logResponse({ routeKey }: RouteMeter, { statusCode }: HttpResponse, seconds: number) {
  const ms = Math.round(seconds * 1e4) / 10
  log.debug({ ms }, `${routeKey ?? 'unknown route'} ${statusCode}`)
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
function serverSpan({ rawPath, headers, requestContext }: APIGatewayProxyEventV2, { routeKey }: RouteMeter) {
  const method = requestContext?.http?.method ?? 'HTTP'
  return {
    name: routeKey ?? method,
    kind: 'server' as const,
    attributes: {
      'http.request.method': method,
      'http.route': routeKey?.split(' ')[1],
      'url.path': rawPath,
      'url.scheme': headers?.['x-forwarded-proto'] ?? 'http',
    },
    outcomeOf,
  }
}

const outcomeOf = (
  { statusCode }: HttpResponse,
  { functionName, requestId, orderId }: Invocation,
): SpanOutcome => ({
  error: statusCode >= 500 ? String(statusCode) : undefined,
  attributes: {
    'http.response.status_code': statusCode,
    'stockroom.function': functionName,
    'stockroom.request.id': requestId,
    'stockroom.order.id': orderId,
  },
})
