import { expect, it, jest } from '@jest/globals'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'

const logged: string[] = []
const note = (details: object | string, text?: string) => logged.push(text ?? String(details))
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log: { info: note, warn: note } }))
const { reportingExporter } = await import('./reporting-exporter.ts')

it('says once that the collector takes no spans, and once that it takes them again', () => {
  const codes = [0, 1, 1, 0, 0]
  const results: number[] = []
  const collector = { export: (_, done) => done({ code: codes.shift() as number }) } as Partial<SpanExporter>
  const exporter = reportingExporter(collector as SpanExporter)

  for (let times = 0; times < 5; times += 1) exporter.export([], ({ code }) => results.push(code))

  expect(logged).toEqual(['traces are not exported', 'traces are exported again'])
  expect(results).toEqual([0, 0, 0, 0, 0])
})
