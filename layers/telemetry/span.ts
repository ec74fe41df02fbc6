/** What stands for a piece of work in a trace. */
export interface Span {
  /** Names this span, as the parent of what follows from it. */
  traceparent: string
  /** Ends it; with an `error` as one that failed. */
  end(outcome?: SpanOutcome): void
}

/** What is known of a piece of work when it has ended. */
export interface SpanOutcome {
  error?: unknown
  attributes?: SpanAttributes
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
