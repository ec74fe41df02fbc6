import { integer } from '@stockroom/runtime/configuration'

type Environment = Record<string, string | undefined>

/** How long and how hard `npm run bench` drives the targets. */
export interface PeakSettings {
  rounds: number
  seconds: number
  connections: number
  /** Requests a second of the rounds with smooth arrivals. */
  perSecond: number
  /** Names of the targets that take part; empty when all do. */
  only: string[]
}

/** How long and how hard `npm run bench:profile` drives the shop. */
export type ProfileSettings = Pick<PeakSettings, 'seconds' | 'connections'>

/** Which two commits `npm run bench:pairs` compares, how often, how long and how hard. */
export interface PairsSettings extends Omit<PeakSettings, 'only' | 'perSecond'> {
  revisions: [first: string, second: string]
  /** What starts either shop, in its folder. */
  start: string
  /** Requests a second, smooth; as many as are answered where it is undefined. */
  perSecond: number | undefined
}

/** How `npm run bench:size` fills its tables, and how long and how fast it asks. */
export interface SizeSettings {
  rounds: number
  seconds: number
  /** Requests a second, to all sizes together. */
  rate: number
  /** Orders in each of the tables, rising. */
  sizes: [number, number, number]
}

/** @throws ConfigurationError for a variable that is wrong */
export function peakSettings(environment: Environment): PeakSettings {
  return {
    rounds: integer(environment, 'BENCH_ROUNDS', { fallback: 5, from: 1, to: 100 }),
    seconds: integer(environment, 'BENCH_SECONDS', { fallback: 3, from: 1, to: 600 }),
    connections: integer(environment, 'BENCH_CONNECTIONS', { fallback: 64, from: 1, to: 1000 }),
    perSecond: integer(environment, 'BENCH_RATE', { fallback: 1000, from: 1, to: 10_000 }),
    only: (environment.BENCH_ONLY ?? '').split(';').filter(Boolean),
  }
}

/** @throws ConfigurationError for a variable that is wrong */
export function sizeSettings(environment: Environment): SizeSettings {
  return {
    rounds: integer(environment, 'BENCH_ROUNDS', { fallback: 5, from: 1, to: 100 }),
    seconds: integer(environment, 'BENCH_SECONDS', { fallback: 12, from: 1, to: 600 }),
    rate: integer(environment, 'BENCH_RATE', { fallback: 120, from: 1, to: 1000 }),
    sizes: [
      1000,
      100_000,
      integer(environment, 'BENCH_ORDERS', { fallback: 5_000_000, from: 100_000, to: 100_000_000 }),
    ],
  }
}

/** @throws ConfigurationError for a variable that is wrong */
export function profileSettings(environment: Environment): ProfileSettings {
  return {
    seconds: integer(environment, 'BENCH_SECONDS', { fallback: 8, from: 1, to: 600 }),
    connections: integer(environment, 'BENCH_CONNECTIONS', { fallback: 64, from: 1, to: 1000 }),
  }
}

/**
 * @param revisions one or two, as git names commits; the second is HEAD when it is absent
 * @throws ConfigurationError for a variable that is wrong
 * @throws Error for none, or more than two
 */
export function pairsSettings(environment: Environment, revisions: readonly string[]): PairsSettings {
  const [first, second = 'HEAD', ...more] = revisions
  if (!first || more.length > 0)
    throw new Error('Name one or two commits to compare: npm run bench:pairs -- BEFORE [AFTER]')
  return {
    rounds: integer(environment, 'BENCH_ROUNDS', { fallback: 10, from: 1, to: 100 }),
    seconds: integer(environment, 'BENCH_SECONDS', { fallback: 5, from: 1, to: 600 }),
    connections: integer(environment, 'BENCH_CONNECTIONS', { fallback: 64, from: 1, to: 1000 }),
    revisions: [first, second],
    start: environment.BENCH_START || 'npm start --silent',
    perSecond: environment.BENCH_RATE
      ? integer(environment, 'BENCH_RATE', { fallback: 1000, from: 1, to: 10_000 })
      : undefined,
  }
}

/** The command line that `script` was started with: its variables and its name. */
export function commandOf(script: string, environment: Environment): string {
  const variables = Object.entries(environment)
    .filter(([name, value]) => name.startsWith('BENCH_') && value)
    .map(([name, value]) => `${name}=${/^[\w.,:/-]*$/.test(value as string) ? value : `'${value}'`}`)
  return [...variables.sort(), `npm run ${script}`].join(' ')
}
