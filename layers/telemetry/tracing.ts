import type { Tracing } from './span.ts'

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
  ? await import('./otlp-tracing.ts').then(({ startTracing }) => startTracing())
  : undefined
