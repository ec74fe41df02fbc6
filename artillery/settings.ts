import { ConfigurationError, integer, optionalUrl } from '@stockroom/runtime/configuration'

export const scenarios = ['pure', 'mixed'] as const
export type Scenario = (typeof scenarios)[number]

/** A load is over in a minute; a soak lasts, and nothing may grow. */
export type Kind = 'load' | 'soak'

/** What a load run is asked to do, and what it has to reach. */
export type LoadSettings = ReturnType<typeof loadSettings>

/** What is still good enough on this machine. */
export type Limits = Record<'p95Ms' | 'p99Ms' | 'sessionP95Ms' | 'sessionP99Ms' | 'settledP99Ms', number>

/**
 * Reads the LOAD_ variables; artillery/README.md has a table of them.
 * @param defaults of a run with other rates and durations, such as the soak
 * @throws ConfigurationError in one line for a value that is wrong
 */
export function loadSettings(
  environment: Record<string, string | undefined>,
  defaults: { rate: number; seconds: number } = { rate: 1000, seconds: 60 },
) {
  const number = (name: string, fallback: number, to: number) =>
    integer(environment, name, { fallback, from: 1, to })
  return {
    scenario: scenarioOf(environment.LOAD_SCENARIO || 'pure'),
    /** URL of a running shop; without it the run starts one. */
    target: optionalUrl(environment, 'LOAD_TARGET', ['http:', 'https:'])?.replace(/\/+$/, ''),
    /** New virtual users a second. */
    rate: number('LOAD_RATE', defaults.rate, 100_000),
    /** Connections that all users share. */
    connections: number('LOAD_CONNECTIONS', 128, 10_000),
    rampSeconds: number('LOAD_RAMP_SECONDS', 10, 3600),
    seconds: number('LOAD_SECONDS', defaults.seconds, 86_400),
    /** How long the queues may take to drain after the load. */
    drainSeconds: number('LOAD_DRAIN_SECONDS', 60, 3600),
    /** Where the report goes, without its extension; undefined for the default place. */
    report: environment.LOAD_REPORT?.replace(/\.html$/, '') || undefined,
    /** How many times as long as a single order the slow ones of a load may take. */
    ratios: {
      p95: number('LOAD_P95_RATIO', 10, 10_000),
      p99: number('LOAD_P99_RATIO', 30, 10_000),
      settledP99: number('LOAD_SETTLED_P99_RATIO', 5, 10_000),
    },
    /** The most that the shop may use. */
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
