import type { Services } from '../../bench/services/find-services.ts'

/** A service that was not found, and the test files that are left out for want of it. */
export interface MissingService {
  name: 'PostgreSQL' | 'Redis' | 'RabbitMQ'
  reason: string
  isNamed: boolean
  leftOut: string[]
}

const needs = {
  database: { name: 'PostgreSQL', leftOut: ['tests/end-to-end/real'] },
  redis: {
    name: 'Redis',
    leftOut: ['tests/integration/redis', 'tests/integration/outages', 'tests/end-to-end/real'],
  },
  rabbitmq: {
    name: 'RabbitMQ',
    leftOut: [
      'tests/integration/rabbitmq',
      'tests/integration/outages',
      'plugins/serverless-offline-rabbitmq/tests',
      'tests/end-to-end/real',
    ],
  },
} as const

/** What is missing of the services that the tests would like to have. */
export function missingServicesOf(services: Services): MissingService[] {
  return Object.entries(needs).flatMap(([key, { name, leftOut }]) => {
    const service = services[key as keyof Services]
    if (!('reason' in service)) return []
    const { reason, isNamed = false } = service
    return [{ name, leftOut: [...leftOut], reason, isNamed }]
  })
}

/** The test files that can't run, each once. */
export const leftOutFiles = (missing: MissingService[]): string[] => [
  ...new Set(missing.flatMap(({ leftOut }) => leftOut)),
]

/** Says in one line why the tests can't run without these services, or undefined when they can. */
export function refusalFor(missing: MissingService[], isCi: boolean): string | undefined {
  const needed = missing.filter(({ isNamed }) => isNamed || isCi)
  if (needed.length === 0) return undefined
  return `Tests don't run without ${listOf(needed)}: ${isCi ? 'CI is "true"' : 'a TEST_ variable names it'}.`
}

/** Says in one line what is missing and what that means. */
export function missingServicesLine(missing: MissingService[]): string {
  const consequences = [`not run: ${leftOutFiles(missing).join(', ')}`]
  if (missing.some(({ name }) => name === 'PostgreSQL')) {
    consequences.push('the other SQL tests run on the embedded PostgreSQL')
  }
  return `Real services not found: ${listOf(missing)}; ${consequences.join('; ')}.`
}

const listOf = (missing: MissingService[]) =>
  missing.map(({ name, reason }) => `${name} (${reason})`).join(', ')
