import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number }
type Attributes = { key: string; value: Value }[]

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  attributes: Attributes
  links?: { traceId: string; spanId: string }[]
  status: { code?: number }
}

/** A span as a collector gets it. */
export type CollectedSpan = ReturnType<typeof collected>

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const

/** A collector of traces with OTLP over HTTP: it keeps the spans that come as JSON, and counts whatever comes. */
export class OtlpCollector {
  readonly spans: CollectedSpan[] = []
  readonly requests: { path: string; headers: IncomingHttpHeaders; bytes: number }[] = []
  readonly url: string
  /** What it answers. */
  status = 200
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(port = 0): Promise<OtlpCollector> {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const collector = new OtlpCollector(server)
    server.on('request', async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      collector.#take(request.url ?? '', request.headers, body)
      response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}')
    })
    return collector
  }

  /** The spans of a trace. */
  trace(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): void {
    this.requests.push({ path, headers, bytes: body.length })
    if (this.status !== 200 || headers['content-type'] !== 'application/json') return
    for (const { resource, scopeSpans } of JSON.parse(body.toString()).resourceSpans) {
      for (const { spans } of scopeSpans) {
        this.spans.push(...spans.map((span: OtlpSpan) => collected(span, resource.attributes)))
      }
    }
  }
}

const collected = (span: OtlpSpan, resource: Attributes) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId || undefined,
  name: span.name,
  kind: kinds[span.kind] ?? 'internal',
  attributes: asObject(span.attributes),
  links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
  hasFailed: span.status.code === 2,
  /** Of what the span comes from. */
  resource: asObject(resource),
})

const asObject = (attributes: Attributes): Record<string, string | number | undefined> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? (value.intValue === undefined ? value.doubleValue : Number(value.intValue)),
    ]),
  )
