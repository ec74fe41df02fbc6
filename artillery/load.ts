import { loadChecks } from './judging/load-checks.ts'
import { main } from './main.ts'
import { loadSettings } from './settings.ts'

process.exitCode = await main(
  { kind: 'load', readSettings: (environment) => loadSettings(environment), checksOf: loadChecks },
  console.log,
)
