import { writeFileSync } from 'node:fs'
import { report as auditLines } from '../commands/audit/report.ts'
import { loadEnvironment } from '../local/settings/environment-file.ts'
import { filesOf } from './files.ts'
import { requireGenerator } from './generator.ts'
import { type Check, readable, verdict } from './judging/check.ts'
import { warningsOf } from './judging/warnings.ts'
import { reportPage } from './report/page.ts'
import { run } from './run.ts'
import type { RunRecord } from './run-record.ts'
import type { LoadSettings } from './settings.ts'
import { enterSurroundings } from './surroundings.ts'

/** A kind of run: its name, its settings, and what it has to reach. */
export interface Plan {
  kind: RunRecord['kind']
  readSettings(environment: NodeJS.ProcessEnv): LoadSettings
  checksOf(run: RunRecord): Check[]
}

type Say = (line: string) => void

/** Carries out a plan, prints what comes of it, and resolves to the exit code. */
export async function main(plan: Plan, say: Say): Promise<number> {
  try {
    loadEnvironment()
    const settings = plan.readSettings(process.env)
    requireGenerator(say)
    const record = await measure(plan.kind, settings, say)
    return conclude(record, plan.checksOf(record), say)
  } catch (error) {
    say((error as Error).message)
    return 1
  }
}

async function measure(kind: RunRecord['kind'], settings: LoadSettings, say: Say): Promise<RunRecord> {
  const files = filesOf(kind, settings)
  let leave = async () => {}
  // What the run has started is stopped with it, a shop that isn't ready yet by our exit.
  const interrupt = () => leave().finally(() => process.exit(130))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const surroundings = await enterSurroundings(settings, files.shopLog)
    leave = surroundings.leave
    say(announcement(settings, surroundings.shop.url))
    return await run(kind, settings, surroundings, files, say)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await leave()
  }
}

function announcement({ scenario, rate, rampSeconds, seconds }: LoadSettings, url: string): string {
  return `${url}: ${scenario} load, ${rampSeconds} s up to ${readable(rate)} users a second, then ${readable(seconds)} s of it.`
}

function conclude(record: RunRecord, checks: Check[], say: Say): number {
  const subject = `${record.kind}, ${record.settings.scenario}, ${readable(record.settings.rate)}/s for ${record.settings.seconds} s`
  const line = verdict(subject, checks)
  const files = filesOf(record.kind, record.settings)
  writeFileSync(files.record, JSON.stringify(record))
  writeFileSync(files.report, reportPage(record, checks, subject))
  for (const text of auditLines(record.audit)) say(text)
  say('')
  for (const check of checks) say(checkLine(check))
  say(`\nReport: ${files.report}`)
  for (const warning of warningsOf(record)) say(warning)
  say(line)
  return checks.every(({ passed }) => passed) ? 0 : 1
}

const checkLine = ({ what, measured, limit, passed }: Check): string =>
  `${passed ? 'ok    ' : 'MISSED'}  ${what.padEnd(42)} ${measured.padStart(16)}   ${limit}`
