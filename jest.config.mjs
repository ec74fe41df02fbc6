import { availableParallelism } from 'node:os'
import { newPrefix, publishEnvironment } from './tests/support/environment.ts'
import { leftOutFiles, missingServicesOf } from './tests/support/missing-services.ts'
import { findServices } from './tests/support/services.ts'
import { forgetShopVariables } from './tests/support/shop-environment.ts'
import { missingTools } from './tests/support/tools.ts'

const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' },
}
const project = (displayName, testMatch, options = {}) => ({
  ...shared,
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  ...options,
})

const unit = project('unit', [
  'artillery/**/*.test.ts',
  'bench/**/*.test.ts',
  'deployment/**/*.test.ts',
  'functions/**/*.test.ts',
  'layers/**/*.test.ts',
  'local/**/*.test.ts',
  'packaging/**/*.test.ts',
  'plugins/*/*.test.ts',
  'plugins/*/fidelity/*.test.ts',
  'simulations/*.test.ts',
  'tests/unit/**/*.test.ts',
])

/** Tests of what is deployed; they need the real services. */
const artefacts = {
  globalSetup: '<rootDir>/tests/artefacts/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
}

/** Tests on services: those that are missing decide which files are left out. */
async function projectsOnServices(artefactsAlone) {
  const services = await findServices()
  publishEnvironment({ services, databaseServerUrl: services.database.url, prefix: newPrefix() })
  if (artefactsAlone) return [project('artefacts', ['tests/artefacts/**/*.test.ts'], artefacts)]
  const onServices = {
    globalSetup: '<rootDir>/tests/support/global-setup.ts',
    globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
    testPathIgnorePatterns: [
      ...leftOutFiles(missingServicesOf(services)),
      ...missingTools(process.env.CI === 'true').leftOut,
    ].map((path) => `<rootDir>/${path}`),
  }
  return [
    project('integration', ['tests/integration/**/*.test.ts', 'plugins/*/tests/**/*.test.ts'], {
      ...onServices,
      setupFiles: ['<rootDir>/tests/support/integration-environment.ts'],
    }),
    project('end-to-end', ['tests/end-to-end/**/*.test.ts'], onServices),
  ]
}

async function projectsOf(kind) {
  if (kind === 'unit') return [unit]
  if (kind === 'artefacts') return projectsOnServices(true)
  return [unit, ...(await projectsOnServices(false))]
}

export default async () => {
  forgetShopVariables()
  return {
    collectCoverageFrom: ['functions/**/*.ts', 'layers/**/*.ts', '!**/*.test.ts'],
    coverageThreshold: { global: { branches: 95 } },
    maxWorkers: Math.min(4, availableParallelism()),
    // A shop may take a minute to start beside the other tests.
    testTimeout: 90_000,
    projects: await projectsOf(process.env.STOCKROOM_TESTS),
  }
}
