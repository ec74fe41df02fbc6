import { availableParallelism } from 'node:os'
import { forgetShopVariables } from './bench/processes/shop-environment.ts'
import { findServices } from './bench/services/find-services.ts'
import { newPrefix, publishEnvironment } from './tests/support/environment.ts'
import { leftOutFiles, missingServicesOf } from './tests/support/missing-services.ts'
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
  'commands/**/*.test.ts',
  'deploy/**/*.test.ts',
  'functions/**/*.test.ts',
  'layers/**/*.test.ts',
  'local/**/*.test.ts',
  'plugins/*/*.test.ts',
  'plugins/*/!(tests)/*.test.ts',
  'tests/unit/**/*.test.ts',
])

/** Tests of what is deployed; they need the real services. */
const artefacts = {
  globalSetup: '<rootDir>/tests/artefacts/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
}

/** Services that fail, and the limits of every wait for them. */
const outages = 'tests/integration/outages'
const integration = { setupFiles: ['<rootDir>/tests/support/integration-environment.ts'] }

/** Start shops as a user does, and watch them for long. */
const longTests = [
  'tests/end-to-end/**/*.test.ts',
  'plugins/*/tests/life.test.ts',
  'plugins/*/tests/packed-package.test.ts',
]
const longPluginTests = ['plugins/.+/tests/life.test.ts', 'plugins/.+/tests/packed-package.test.ts']
/** Two of them stand in `npm test`: a shop starts, and keeps to its contract. */
const smokeTests = ['contract', 'hostile-requests'].map((name) => `tests/end-to-end/embedded/${name}.test.ts`)

/** Tests on services: those that are missing decide which files are left out. */
async function projectsOnServices(kind) {
  const services = await findServices()
  publishEnvironment({ services, databaseServerUrl: services.database.url, prefix: newPrefix() })
  if (kind === 'artefacts') return [project('artefacts', ['tests/artefacts/**/*.test.ts'], artefacts)]
  const leftOut = [
    ...leftOutFiles(missingServicesOf(services)),
    ...missingTools(process.env.CI === 'true').leftOut,
  ]
  const onServices = (displayName, testMatch, alsoLeftOut = [], options = {}) =>
    project(displayName, testMatch, {
      globalSetup: '<rootDir>/tests/support/global-setup.ts',
      globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
      testPathIgnorePatterns: [...leftOut, ...alsoLeftOut].map((path) => `<rootDir>/${path}`),
      ...options,
    })
  if (kind === 'long') {
    return [
      onServices('end-to-end', longTests, smokeTests),
      onServices('integration', [`${outages}/*.test.ts`], [], integration),
    ]
  }
  return [
    unit,
    onServices(
      'integration',
      ['tests/integration/**/*.test.ts', 'plugins/*/tests/**/*.test.ts'],
      [...longPluginTests, outages],
      integration,
    ),
    onServices('end-to-end', smokeTests),
  ]
}

export default async () => {
  const kind = process.env.STOCKROOM_TESTS
  forgetShopVariables()
  return {
    collectCoverageFrom: ['functions/**/*.ts', 'layers/**/*.ts', '!**/*.test.ts'],
    coverageThreshold: { global: { branches: 95 } },
    // One more than there are cores, as many tests wait for a service or a process that they started.
    maxWorkers: Math.min(4, availableParallelism() + 1),
    // Modules of one file stay in the heap beside those of the next; a worker with a large one takes longer than Jest waits to end.
    workerIdleMemoryLimit: '300MB',
    // A shop may take a minute to start beside the other tests.
    testTimeout: 90_000,
    projects: kind === 'unit' ? [unit] : await projectsOnServices(kind),
  }
}
