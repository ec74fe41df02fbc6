/** What stands for a piece of work in a trace. */
export interface Span {
  /** Names this span, as the parent of what follows from it. */
  traceparent: string
  /** Ends it; with an `error` as one that failed. */
  end(outcome?: { error?: unknown; attributes?: SpanAttributes }): void
}

export type SpanAttributes = Record<string, string | number | undefined>

/** What is known of a piece of work when it begins. */
export interface SpanStart {
  kind: 'server' | 'producer' | 'consumer' | 'internal'
  /** A valid `traceparent`; without one a trace begins. */
  parent?: string | undefined
  /** What it has to do with beside its parent, as valid `traceparent`s. */
  links?: readonly string[]
  attributes?: SpanAttributes
}

/** Records spans and exports them. */
export interface Tracing {
  startSpan(name: string, start: SpanStart): Span
  /** Exports what was recorded, and resolves within a second whatever becomes of that. */
  flush(): Promise<void>
}

/** Whether the environment wants traces exported: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export function wantsTracing(environment: Record<string, string | undefined>): boolean {
  const endpoint = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT
  return (
    Boolean(endpoint) &&
    environment.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
    environment.OTEL_TRACES_EXPORTER !== 'none'
  )
}

/** Undefined where no traces are exported: then nothing of OpenTelemetry is loaded, and no span costs anything. */
export const tracing: Tracing | undefined = wantsTracing(process.env)
  ? await import('./otlp-tracing.ts').then(({ startTracing }) => startTracing(process.env))
  : undefined
