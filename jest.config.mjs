const typescript = { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' }
const project = (displayName, testMatch) => ({
  displayName,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: typescript,
})

export default {
  collectCoverageFrom: ['functions/**/*.ts', 'layers/**/*.ts', '!**/*.test.ts'],
  projects: [
    project('unit', [
      'functions/**/*.test.ts',
      'layers/**/*.test.ts',
      'local/**/*.test.ts',
      'plugins/**/*.test.ts',
      'tests/unit/**/*.test.ts',
    ]),
  ],
}
