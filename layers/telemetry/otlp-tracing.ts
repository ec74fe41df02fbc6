import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { within } from '@stockroom/runtime/deadline'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { traceIdOf } from '@stockroom/runtime/trace-context'
import { reportingExporter } from './reporting-exporter.ts'
import type { Span, SpanStart, Tracing } from './span.ts'

const flushWithinMs = 1000
const kinds = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

/**
 * Exports spans to the OTLP endpoint of the environment. The packages of OpenTelemetry read its standard variables by
 * themselves: endpoint, headers, timeout and compression, sampler, limits, batches, resource attributes.
 */
export function startTracing(): Tracing {
  const exporter = reportingExporter(new OTLPTraceExporter())
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'stockroom' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('stockroom')
  const flush = () => within(flushWithinMs, provider.forceFlush()).catch(() => {})
  onShutdown('close', async () => {
    await flush()
    await within(flushWithinMs, provider.shutdown())
  })
  return {
    startSpan: (name, start) => ourSpan(tracer.startSpan(name, options(start), under(start.parent))),
    flush,
  }
}

const options = ({ kind, links = [], attributes }: SpanStart) => ({
  kind: kinds[kind],
  links: links.map((traceparent) => ({ context: contextOf(traceparent) })),
  attributes,
})

const under = (parent: string | undefined): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, contextOf(parent)) : ROOT_CONTEXT

const contextOf = (traceparent: string): SpanContext => ({
  traceId: traceIdOf(traceparent),
  spanId: traceparent.slice(36, 52),
  traceFlags: Number.parseInt(traceparent.slice(53), 16),
  isRemote: true,
})

function ourSpan(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-0${traceFlags & 1}`,
    end({ error, attributes } = {}) {
      if (attributes) span.setAttributes(attributes)
      if (error !== undefined) {
        // Without its words: an error may quote what a customer has sent.
        span.setAttribute('error.type', error instanceof Error ? error.name : String(error))
        span.setStatus({ code: SpanStatusCode.ERROR })
      }
      span.end()
    },
  }
}
