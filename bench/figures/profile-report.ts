import { formatted, table } from './table.ts'

/** What one kind of run took. */
export interface ProfiledRun {
  /** What the shop did, such as `accepting alone`. */
  name: string
  orders: number
  seconds: number
  /** Milliseconds of CPU by program. */
  cpuMs: Map<string, number>
  /** Microseconds of the shop's process by part, with `idle` among them. */
  parts: Map<string, number>
}

/** Two tables: the CPU time that an order takes by program, and what the shop's process spends it on. */
export function profileReport(runs: readonly ProfiledRun[]): string {
  const names = (of: (run: ProfiledRun) => Map<string, number>) => [
    ...new Set(runs.flatMap((run) => [...of(run).keys()])),
  ]
  const programs = names(({ cpuMs }) => cpuMs)
  const perOrder = [
    ...programs.map((program) => [program, ...runs.map((run) => perOrderUs(run, run.cpuMs.get(program)))]),
    ['together', ...runs.map((run) => perOrderUs(run, sum(run.cpuMs)))],
    ['orders/s', ...runs.map(({ orders, seconds }) => formatted(orders / seconds))],
  ]
  const parts = names((run) => run.parts)
    .filter((part) => part !== 'idle')
    .sort((one, other) => share(runs.at(-1), other) - share(runs.at(-1), one))
  return [
    table(columns('µs of CPU per order', runs), perOrder),
    table(
      columns("share of the shop's busy time, %", runs),
      parts.map((part) => [part, ...runs.map((run) => formatted(share(run, part) * 100, 1))]),
    ),
  ].join('\n\n')
}

const columns = (title: string, runs: readonly ProfiledRun[]) => [
  { title },
  ...runs.map(({ name }) => ({ title: name, align: 'right' as const })),
]

const sum = (times: Map<string, number>) => [...times.values()].reduce((total, time) => total + time, 0)

const perOrderUs = ({ orders }: ProfiledRun, ms = 0) => formatted((ms * 1000) / orders)

function share(run: ProfiledRun | undefined, part: string): number {
  if (!run) return 0
  return (run.parts.get(part) ?? 0) / (sum(run.parts) - (run.parts.get('idle') ?? 0))
}
