import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('.', import.meta.url))

/** Installs the packages of `bench/package.json` when they aren't there yet, and says so. */
export function installOwnPackages(print: (line: string) => void): void {
  if (existsSync(`${directory}node_modules/.package-lock.json`)) return
  print('Installs the packages of bench/package.json: the load generator, and Fastify to compare with.')
  execFileSync('npm', ['ci'], { cwd: directory, stdio: 'inherit' })
}
