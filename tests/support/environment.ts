import { randomUUID } from 'node:crypto'
import type { Services } from '../../bench/services/find-services.ts'

/** What the configuration of Jest has found out, for the test workers. */
export interface TestEnvironment {
  services: Services
  /** Where databases are made: the PostgreSQL found, else an embedded one, which globalSetup starts. */
  databaseServerUrl: string | undefined
  /** Begins the name of every database and virtual host of this run. */
  prefix: string
}

const variable = 'STOCKROOM_TEST_ENVIRONMENT'

/** Tells the test workers, which inherit the variables of the process that reads the configuration. */
export function publishEnvironment(environment: TestEnvironment): void {
  process.env[variable] = JSON.stringify(environment)
}

export function testEnvironment(): TestEnvironment {
  const text = process.env[variable]
  if (!text) throw new Error('Run the tests through jest.config.mjs')
  return JSON.parse(text)
}

/** A name for a database or a virtual host that nobody else uses; the run removes it at its end. */
export function ownName(): string {
  return testEnvironment().prefix + randomUUID().slice(0, 8)
}

/** A beginning for the names of one run. */
export const newPrefix = (): string => `stockroom_test_${randomUUID().slice(0, 8)}_`
