import { loadChecks } from './judging/load-checks.ts'
import { soakChecks } from './judging/soak-checks.ts'
import { main } from './main.ts'
import { loadSettings } from './settings.ts'

const tenMinutes = { rate: 500, seconds: 600 }

process.exitCode = await main(
  {
    kind: 'soak',
    readSettings: (environment) => loadSettings(environment, tenMinutes),
    checksOf: (run) => [...loadChecks(run), ...soakChecks(run)],
  },
  console.log,
)
