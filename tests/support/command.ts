import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** Runs a command as its npm script does, with nothing of this process's environment but what every program needs. */
export async function runCommand(args: string[], environment: Record<string, string> = {}) {
  const { PATH, SystemRoot } = process.env
  const child = spawn(process.execPath, args, {
    env: { PATH, SystemRoot, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, output, errors }
}
