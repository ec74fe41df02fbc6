import type { Metrics } from '../generator-report.ts'
import { readable } from '../judging/check.ts'

/** Text as it may stand in HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** Answers and first-byte times of each request that has a name; empty when none has. */
export function endpointTable({ aggregate }: { aggregate: Metrics }): string {
  const prefix = 'plugins.metrics-by-endpoint.response_time.'
  const rows = Object.entries(aggregate.summaries)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { count, p50, p95, p99 }]) => [
      name.slice(prefix.length),
      ...[count, p50, p95, p99].map(readable),
    ])
    .sort(([a = ''], [b = '']) => a.localeCompare(b))
  return rows.length === 0
    ? ''
    : `<h2>Requests</h2>${table(['request', 'answers', 'p50 ms', 'p95 ms', 'p99 ms'], rows)}`
}

function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  const body = rows.map((cells) => line(cells, 'td')).join('\n')
  return `<div class="scroll"><table><thead>${line(heads, 'th')}</thead><tbody>${body}</tbody></table></div>`
}
