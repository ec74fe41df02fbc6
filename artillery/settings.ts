import { ConfigurationError, integer, optionalUrl } from '@stockroom/runtime/configuration'

export const scenarios = ['pure', 'mixed'] as const
export type Scenario = (typeof scenarios)[number]

/** What a load run is asked to do, and what it has to reach. */
export interface LoadSettings {
  scenario: Scenario
  /** URL of a running shop; without it the run starts one. */
  target: string | undefined
  /** New virtual users a second. */
  rate: number
  /** Connections that all users share. */
  connections: number
  rampSeconds: number
  seconds: number
  /** How long the queues may take to drain after the load. */
  drainSeconds: number
  /** Where the report goes, without its extension; undefined for the default place. */
  report: string | undefined
  ratios: Ratios
  /** The most that the shop may use. */
  memoryMb: number
}

/** How many times as long as a single order the slow ones of a load may take. */
export interface Ratios {
  p95: number
  p99: number
  settledP99: number
}

/** What is still good enough on this machine. */
export interface Limits {
  p95Ms: number
  p99Ms: number
  sessionP95Ms: number
  sessionP99Ms: number
  settledP99Ms: number
}

type Environment = Record<string, string | undefined>

/**
 * Reads the LOAD_ variables; artillery/README.md has a table of them.
 * @param defaults of a run with other rates and durations, such as the soak
 * @throws ConfigurationError in one line for a value that is wrong
 */
export function loadSettings(
  environment: Environment,
  defaults: { rate: number; seconds: number } = { rate: 1000, seconds: 60 },
): LoadSettings {
  const number = (name: string, fallback: number, to: number, from = 1) =>
    integer(environment, name, { fallback, from, to })
  return {
    scenario: scenarioOf(environment.LOAD_SCENARIO || 'pure'),
    target: optionalUrl(environment, 'LOAD_TARGET', ['http:', 'https:'])?.replace(/\/+$/, ''),
    rate: number('LOAD_RATE', defaults.rate, 100_000),
    connections: number('LOAD_CONNECTIONS', 128, 10_000),
    rampSeconds: number('LOAD_RAMP_SECONDS', 10, 3600),
    seconds: number('LOAD_SECONDS', defaults.seconds, 86_400),
    drainSeconds: number('LOAD_DRAIN_SECONDS', 60, 3600),
    report: environment.LOAD_REPORT?.replace(/\.html$/, '') || undefined,
    ratios: {
      p95: number('LOAD_P95_RATIO', 10, 10_000),
      p99: number('LOAD_P99_RATIO', 30, 10_000),
      settledP99: number('LOAD_SETTLED_P99_RATIO', 5, 10_000),
    },
    memoryMb: number('LOAD_MEMORY_MB', 400, 1_000_000),
  }
}

/** Virtual users that the ramp and the held rate bring together. */
export const arrivalsOf = ({ rate, rampSeconds, seconds }: LoadSettings): number =>
  rate * (seconds + rampSeconds / 2)

function scenarioOf(value: string): Scenario {
  const found = scenarios.find((scenario) => scenario === value)
  if (found) return found
  throw new ConfigurationError(`LOAD_SCENARIO must be one of ${scenarios.join(', ')}, not "${value}".`)
}
