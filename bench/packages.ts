import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Installs the packages of a folder of its own, from its lock file, when they aren't there yet, and says so.
 * @throws Error in one line when that fails
 */
export function requirePackages(folder: 'artillery' | 'bench', what: string): void {
  const cwd = fileURLToPath(new URL(`../${folder}/`, import.meta.url))
  if (existsSync(`${cwd}node_modules/.package-lock.json`)) return
  process.stdout.write(`Installs the packages of ${folder}/package.json: ${what}.\n`)
  if (spawnSync('npm', ['ci', '--silent'], { cwd, stdio: 'inherit' }).status !== 0)
    throw new Error(`They could not be installed: run npm ci in ${folder}/ to see why.`)
}
