import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reconciliation } from '../../../commands/audit/reconciliation.ts'
import type { SortedDeadLetters } from '../../../commands/audit/sorted-dead-letters.ts'
import type { Bench } from '../bench.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** What `npm run audit -- --json` prints. */
export interface AuditReport extends Omit<Reconciliation, 'violations'> {
  breaches: Reconciliation['violations']
  deadLetters: SortedDeadLetters | null
}

/** Runs an npm script as an operator would, on the services' own addresses. */
export function runScript(
  { shops, urls }: Bench,
  script: string,
  args: string[] = [],
): Promise<{ code: number; output: string }> {
  const env = { ...shops[0].environment, ...urls, LOG_LEVEL: 'warn' }
  const command = ['run', '--silent', script, '--', ...args]
  return new Promise((resolve) => {
    execFile('npm', command, { cwd: repository, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0
      resolve({ code, output: `${stdout}${stderr}`.trim() })
    })
  })
}

/**
 * Runs `npm run audit`.
 * @throws Error with what it printed when that is no report
 */
export async function auditOf(bench: Bench): Promise<AuditReport> {
  const { code, output } = await runScript(bench, 'audit', ['--json'])
  const report = output.startsWith('{') ? JSON.parse(output) : {}
  if (!report.breaches || (code !== 0) !== report.breaches.length > 0)
    throw new Error(`npm run audit: exit code ${code}: ${output}`)
  return report
}
