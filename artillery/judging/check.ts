/** One thing that a run had to reach. */
export interface Check {
  what: string
  measured: string
  limit: string
  passed: boolean
}

/** A number as a person reads it: grouped, with at most one decimal below 100. */
export function readable(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })
}

/** That a measured value is at most `limit`; one that was never measured fails. */
export function atMost(what: string, value: number | null | undefined, limit: number, unit: string): Check {
  return {
    what,
    measured: value === null || value === undefined ? 'not measured' : `${readable(value)} ${unit}`,
    limit: `≤ ${readable(limit)} ${unit}`,
    passed: value !== null && value !== undefined && value <= limit,
  }
}

/** That a count is exactly `wanted`. */
export function exactly(what: string, count: number, wanted: number): Check {
  return { what, measured: readable(count), limit: readable(wanted), passed: count === wanted }
}

/** The one line at the end of a run. */
export function verdict(subject: string, checks: readonly Check[]): string {
  const missed = checks.filter(({ passed }) => !passed)
  if (missed.length === 0) return `PASSED  ${subject}: all ${checks.length} targets reached.`
  const reasons = missed.map(({ what, measured, limit }) => `${what} ${measured} (${limit})`)
  return `FAILED  ${subject}: ${reasons.join('; ')}.`
}
