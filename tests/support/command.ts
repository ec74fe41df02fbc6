import { Child } from '../../bench/processes/child.ts'

/** Runs a command as its npm script does, with nothing of this process's environment but what every program needs. */
export async function runCommand(args: string[], environment: Record<string, string> = {}) {
  const { PATH, SystemRoot } = process.env
  const child = new Child([process.execPath, ...args], { env: { PATH, SystemRoot, ...environment } })
  const code = await child.ended
  return { code, output: child.stdout, errors: child.stderr }
}
