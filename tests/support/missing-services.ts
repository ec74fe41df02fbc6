import type { Services } from './services.ts'

/** A service that was not found, and the test files that are left out for want of it. */
export interface MissingService {
  name: 'PostgreSQL' | 'Redis' | 'RabbitMQ'
  reason: string
  leftOut: string[]
}

const needs = {
  database: { name: 'PostgreSQL', leftOut: ['tests/end-to-end/real'] },
  redis: { name: 'Redis', leftOut: ['tests/integration/redis', 'tests/end-to-end/real'] },
  rabbitmq: {
    name: 'RabbitMQ',
    leftOut: ['tests/integration/rabbitmq', 'tests/integration/emulator.test.ts', 'tests/end-to-end/real'],
  },
} as const

/** What is missing of the services that the tests would like to have. */
export function missingServicesOf(services: Services): MissingService[] {
  return Object.entries(needs).flatMap(([key, { name, leftOut }]) => {
    const service = services[key as keyof Services]
    return 'reason' in service ? [{ name, leftOut: [...leftOut], reason: service.reason }] : []
  })
}

/** The test files that can't run, each once. */
export const leftOutFiles = (missing: MissingService[]): string[] => [
  ...new Set(missing.flatMap(({ leftOut }) => leftOut)),
]

/** One line that says what is missing and what that means. */
export function missingServicesLine(missing: MissingService[], isRequired: boolean): string {
  const services = missing.map(({ name, reason }) => `${name} (${reason})`).join(', ')
  if (isRequired) return `CI=true, and the tests need real services; not found: ${services}.`
  const consequences = [`not run: ${leftOutFiles(missing).join(', ')}`]
  if (missing.some(({ name }) => name === 'PostgreSQL')) {
    consequences.push('the other SQL tests run on the embedded PostgreSQL')
  }
  return `Real services not found: ${services}; ${consequences.join('; ')}.`
}
