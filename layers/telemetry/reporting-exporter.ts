import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { log } from '@stockroom/runtime/logger'

/** Of `ExportResultCode` in @opentelemetry/core. */
const success = 0

/** An exporter that says in the log when the collector stops taking spans, and when it takes them again. */
export function reportingExporter(exporter: SpanExporter): SpanExporter {
  let isTaking = true
  diag.setLogger(configurationReporter, DiagLogLevel.WARN)
  return {
    export(spans, done) {
      exporter.export(spans, ({ code, error }) => {
        if ((code === success) !== isTaking) {
          isTaking = code === success
          if (isTaking) log.info('traces are exported again')
          else log.warn({ err: error }, 'traces are not exported')
        }
        // The processor would only report a failure again, each time.
        done({ code: success })
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

/** What OpenTelemetry finds wrong with its variables. */
const configurationReporter: DiagLogger = {
  error: (message) => log.warn(`OpenTelemetry: ${message}`),
  warn: (message) => log.warn(`OpenTelemetry: ${message}`),
  info() {},
  debug() {},
  verbose() {},
}
