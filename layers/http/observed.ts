import { type Invocation, runInvocation } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { acceptedTraceparent, newTraceparent } from '@stockroom/runtime/trace-context'
import { flushBeforeFreeze } from '@stockroom/telemetry/before-freeze'
import type { Span } from '@stockroom/telemetry/span'
import { tracing } from '@stockroom/telemetry/tracing'
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { requestIdOf } from './request-id.ts'
import type { HttpResponse } from './response.ts'
import { type RouteMeter, routeMeterOf } from './route-meter.ts'

type Endpoint = (event: APIGatewayProxyEventV2, context: Context) => Promise<HttpResponse>

/** Runs an endpoint as an invocation, and tells of its answer in metrics, log and trace. */
export function observed(endpoint: Endpoint): Endpoint {
  return async (event, context) => {
    const startedAt = performance.now()
    const meter = routeMeterOf(event.routeKey)
    const given = acceptedTraceparent(event.headers?.traceparent)
    const span = tracing && serverSpan(event, meter, given)
    const invocation: Invocation = {
      functionName: context.functionName,
      requestId: requestIdOf(event),
      traceparent: span?.traceparent ?? given ?? newTraceparent(),
    }
    const response = await runInvocation(invocation, () => endpoint(event, context))
    const seconds = (performance.now() - startedAt) / 1000
    meter.count(response.statusCode, seconds)
    if (log.isLevelEnabled('debug')) logAnswer(invocation, meter, response, seconds)
    if (span) endSpan(span, invocation, response)
    if (flushBeforeFreeze) await flushBeforeFreeze()
    return response
  }
}

function logAnswer(invocation: Invocation, meter: RouteMeter, { statusCode }: HttpResponse, seconds: number) {
  const ms = Math.round(seconds * 1e4) / 10
  runInvocation(invocation, () => log.debug({ ms }, `${meter.routeKey ?? 'unknown route'} ${statusCode}`))
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
function serverSpan(
  { rawPath, headers, requestContext }: APIGatewayProxyEventV2,
  { routeKey }: RouteMeter,
  parent?: string,
): Span | undefined {
  const method = requestContext?.http?.method ?? 'HTTP'
  return tracing?.startSpan(routeKey ?? method, {
    kind: 'server',
    parent,
    attributes: {
      'http.request.method': method,
      'http.route': routeKey?.split(' ')[1],
      'url.path': rawPath,
      'url.scheme': headers?.['x-forwarded-proto'] ?? 'http',
    },
  })
}

function endSpan(span: Span, { functionName, requestId, orderId }: Invocation, { statusCode }: HttpResponse) {
  span.end({
    error: statusCode >= 500 ? String(statusCode) : undefined,
    attributes: {
      'http.response.status_code': statusCode,
      'stockroom.function': functionName,
      'stockroom.request.id': requestId,
      'stockroom.order.id': orderId,
    },
  })
}
