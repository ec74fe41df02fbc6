import type { Cell } from '../size/measure.ts'
import { median } from './statistics.ts'
import { type Column, formatted, table } from './table.ts'

/** The latency at a size may be this many times the one at the smallest size. */
const targetRatio = 1.3

interface Row {
  operation: string
  latencies: { p50Ms: number; p95Ms: number }[]
  /** Of the medians, to the one of the smallest size; one less than there are sizes. */
  ratios: number[]
}

/** The table of median latencies by size with their ratios to the smallest one, and whether all are within the target. */
export function sizeReport(cells: readonly Cell[]): string {
  const sizes = [...new Set(cells.map(({ orders }) => orders))].sort((one, other) => one - other)
  const rows = [...new Set(cells.map(({ operation }) => operation))].map((operation) =>
    rowOf(operation, sizes, cells),
  )
  return `${table(columnsOf(sizes), rows.map(cellsOf))}\n\n${verdict(rows)}`
}

function columnsOf([smallest = 0, ...larger]: number[]): Column[] {
  const right = (title: string): Column => ({ title, align: 'right' })
  return [
    { title: 'ms, p50 (p95)' },
    ...[smallest, ...larger].map((orders) => right(`${formatted(orders)} orders`)),
    ...larger.map((orders) => right(`${formatted(orders)} ÷ ${formatted(smallest)}`)),
  ]
}

function rowOf(operation: string, sizes: readonly number[], cells: readonly Cell[]): Row {
  const latencies = sizes.map((orders) => {
    const rounds = cells.filter((cell) => cell.operation === operation && cell.orders === orders)
    return {
      p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
      p95Ms: median(rounds.map(({ p95Ms }) => p95Ms)),
    }
  })
  const [smallest, ...larger] = latencies
  return { operation, latencies, ratios: larger.map(({ p50Ms }) => p50Ms / (smallest?.p50Ms as number)) }
}

const cellsOf = ({ operation, latencies, ratios }: Row): string[] => [
  operation,
  ...latencies.map(({ p50Ms, p95Ms }) => `${formatted(p50Ms, 2)} (${formatted(p95Ms, 2)})`),
  ...ratios.map((ratio) => formatted(ratio, 2)),
]

function verdict(rows: readonly Row[]): string {
  const highest = Math.max(...rows.flatMap(({ ratios }) => ratios))
  const missed = rows.filter(({ ratios }) => ratios.some((ratio) => ratio > targetRatio))
  const says =
    missed.length === 0 ? 'kept' : `missed by: ${missed.map(({ operation }) => operation).join('; ')}`
  return `The highest ratio is ${formatted(highest, 2)}; the target of at most ${targetRatio} is ${says}.`
}
