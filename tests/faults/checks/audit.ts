import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from '../bench.ts'

const projectDirectory = fileURLToPath(new URL('../../..', import.meta.url))

/** Runs an npm script as an operator would, on the services' own addresses. */
export function runScript(
  { shops, urls }: Bench,
  script: string,
  args: string[] = [],
): Promise<{ code: number; output: string }> {
  const env = { ...shops[0].environment, ...urls, LOG_LEVEL: 'warn' }
  const command = ['run', '--silent', script, ...(args.length > 0 ? ['--', ...args] : [])]
  return new Promise((resolve) => {
    execFile('npm', command, { cwd: projectDirectory, env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0
      resolve({ code, output: `${stdout}${stderr}`.trim() })
    })
  })
}

/** Runs `npm run audit` and resolves to what it complains of. */
export async function auditBreaches(bench: Bench): Promise<string[]> {
  const { code, output } = await runScript(bench, 'audit')
  if (code === 0) return []
  const broken = output.split('\n').filter((line) => line.startsWith('BROKEN'))
  return [`npm run audit: exit code ${code}`, ...(broken.length > 0 ? broken.slice(0, 10) : [output])]
}
