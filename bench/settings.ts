import { integer } from '@stockroom/runtime/configuration'

type Environment = Record<string, string | undefined>

/** How long and how hard a benchmark measures. */
const common = (environment: Environment, fallbacks: { rounds: number; seconds: number; rate: number }) => ({
  rounds: integer(environment, 'BENCH_ROUNDS', { fallback: fallbacks.rounds, from: 1, to: 100 }),
  seconds: integer(environment, 'BENCH_SECONDS', { fallback: fallbacks.seconds, from: 1, to: 600 }),
  connections: integer(environment, 'BENCH_CONNECTIONS', { fallback: 64, from: 1, to: 1000 }),
  /** Requests a second. */
  perSecond: integer(environment, 'BENCH_RATE', { fallback: fallbacks.rate, from: 1, to: 10_000 }),
})

/**
 * Of `npm run bench`.
 * @throws ConfigurationError for a variable that is wrong
 */
export const peakSettings = (environment: Environment) => ({
  ...common(environment, { rounds: 5, seconds: 3, rate: 1000 }),
  /** Names of the targets that take part; empty when all do. */
  only: (environment.BENCH_ONLY ?? '').split(';').filter(Boolean),
})

/**
 * Of `npm run bench:size`.
 * @throws ConfigurationError for a variable that is wrong
 */
export function sizeSettings(environment: Environment) {
  const largest = { fallback: 5_000_000, from: 100_001, to: 100_000_000 }
  return {
    ...common(environment, { rounds: 5, seconds: 12, rate: 120 }),
    /** Orders in each of the tables, rising. */
    sizes: [1000, 100_000, integer(environment, 'BENCH_ORDERS', largest)],
  }
}

export type PairsSettings = ReturnType<typeof pairsSettings>

/**
 * Of `npm run bench:pairs`.
 * @param revisions one or two, as git names commits; the second is HEAD when it is absent
 * @throws ConfigurationError for a variable that is wrong
 * @throws Error for none, or more than two
 */
export function pairsSettings(environment: Environment, revisions: readonly string[]) {
  const [first, second = 'HEAD', ...more] = revisions
  if (!first || more.length > 0)
    throw new Error('Name one or two commits to compare: npm run bench:pairs -- BEFORE [AFTER]')
  const { perSecond, ...rest } = common(environment, { rounds: 10, seconds: 5, rate: 1000 })
  return {
    ...rest,
    revisions: [first, second] as const,
    /** What starts either shop, in its folder. */
    start: environment.BENCH_START || 'npm start --silent',
    /** As many as are answered where it is undefined. */
    perSecond: environment.BENCH_RATE ? perSecond : undefined,
  }
}

/** The command line that `script` was started with: its variables and its name. */
export function commandOf(script: string, environment: Environment): string {
  const variables = Object.entries(environment)
    .filter(([name, value]) => name.startsWith('BENCH_') && value)
    .map(([name, value]) => `${name}=${/^[\w.,:/-]*$/.test(value as string) ? value : `'${value}'`}`)
  return [...variables.sort(), `npm run ${script}`].join(' ')
}
