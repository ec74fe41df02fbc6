import type { Metrics } from '../generator-report.ts'
import { type Check, readable } from '../judging/check.ts'
import type { RunRecord } from '../run-record.ts'

/** Text as it may stand in HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The targets, each with what was measured. */
export const checksTable = (checks: readonly Check[]): string =>
  table(
    ['target', 'measured', 'limit', ''],
    checks.map(({ what, measured, limit, passed }) => [what, measured, limit, passed ? 'ok' : 'missed']),
  )

/** The books as the audit has read them: all orders of the database, the stock of the run's own products. */
export function auditTable({ audit: { books }, productIds }: RunRecord): string {
  const { accepted, pending, confirmed, rejected } = books.orders
  const products = books.products.filter(({ id }) => productIds.includes(id))
  return [
    table(
      ['orders in the database', 'pending', 'confirmed', 'rejected'],
      [[accepted, pending, confirmed, rejected].map(readable)],
    ),
    table(
      ['product of the run', 'initial stock', 'gone', 'sold', 'left'],
      products.map(({ id, initial, gone, sold, left }) => [
        `${id}`,
        ...[initial, gone, sold].map(readable),
        left === null ? 'deleted' : readable(left),
      ]),
    ),
    books.breaches.length === 0
      ? '<p>The books balance.</p>'
      : `<ul class="missed">${books.breaches
          .slice(0, 20)
          .map((breach) => `<li>${escaped(breach)}</li>`)
          .join('')}</ul>`,
  ].join('')
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
    `<tr>${cells.map((cell) => `<${tag}${cell === 'missed' ? ' class="missed"' : ''}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  const body = rows.map((cells) => line(cells, 'td')).join('\n')
  return `<div class="scroll"><table><thead>${line(heads, 'th')}</thead><tbody>${body}</tbody></table></div>`
}
