import { writeFileSync } from 'node:fs'
import { requirePackages } from '../bench/packages.ts'
import { report as auditLines } from '../commands/audit/report.ts'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { filesOf } from './files.ts'
import { type Check, readable, verdict } from './judging/check.ts'
import { loadChecks } from './judging/load-checks.ts'
import { soakChecks } from './judging/soak-checks.ts'
import { warningsOf } from './judging/warnings.ts'
import { reportPage } from './report/page.ts'
import { type RunRecord, run } from './run.ts'
import { type Kind, type LoadSettings, loadSettings } from './settings.ts'
import { openShop } from './shop.ts'

const tenMinutes = { rate: 500, seconds: 600 }

const say = console.log

/** Loads the shop, prints what comes of it, and resolves to the exit code. */
async function main(kind: Kind): Promise<number> {
  try {
    loadEnvironment()
    const settings = loadSettings(process.env, kind === 'soak' ? tenMinutes : undefined)
    requirePackages('artillery', 'the load generator, about 300 packages')
    const record = await measure(kind, settings)
    return conclude(record, [...loadChecks(record), ...(kind === 'soak' ? soakChecks(record) : [])])
  } catch (error) {
    say((error as Error).message)
    return 1
  }
}

async function measure(kind: Kind, settings: LoadSettings): Promise<RunRecord> {
  const files = filesOf(kind, settings)
  const { scenario, rate, rampSeconds, seconds } = settings
  const cleanUp = new AsyncDisposableStack()
  const interrupt = () => cleanUp.disposeAsync().finally(() => process.exit(130))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const shop = await openShop(settings, files.shopLog, cleanUp)
    say(
      `${shop.url}: ${scenario} load, ${rampSeconds} s up to ${readable(rate)} users a second, then ${readable(seconds)} s of it.`,
    )
    return await run(kind, settings, shop, files, say)
  } finally {
    await cleanUp.disposeAsync()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

function conclude(record: RunRecord, checks: Check[]): number {
  const { kind, settings, audit } = record
  const subject = `${kind}, ${settings.scenario}, ${readable(settings.rate)}/s for ${settings.seconds} s`
  const files = filesOf(kind, settings)
  writeFileSync(files.record, JSON.stringify(record))
  writeFileSync(files.report, reportPage(record, checks, subject))
  const lines = [
    ...auditLines(audit),
    '',
    ...checks.map(checkLine),
    `\nReport: ${files.report}`,
    ...warningsOf(record),
    verdict(subject, checks),
  ]
  for (const line of lines) say(line)
  return checks.every(({ passed }) => passed) ? 0 : 1
}

const checkLine = ({ what, measured, limit, passed }: Check): string =>
  `${passed ? 'ok    ' : 'MISSED'}  ${what.padEnd(42)} ${measured.padStart(16)}   ${limit}`

process.exitCode = await main(process.argv[2] === 'soak' ? 'soak' : 'load')
