import type { Metrics } from '../generator-report.ts'
import { readable } from '../judging/check.ts'
import type { RunRecord } from '../run-record.ts'

/** Text as it may stand in HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The stock of the run's own products, piece by piece. */
export function productTable({ audit: { reconciliation }, productIds }: RunRecord): string {
  const products = reconciliation.products.filter(({ id }) => productIds.includes(id))
  return table(
    ['product of the run', 'initial stock', 'adjusted', 'gone', 'sold', 'reserved', 'left'],
    products.map(({ id, initial, adjusted, gone, sold, reserved, left }) => [
      `${id}`,
      ...[initial, adjusted, gone, sold, reserved].map(readable),
      left === null ? 'deleted' : readable(left),
    ]),
  )
}

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
