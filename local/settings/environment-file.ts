import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

/**
 * Reads the variables of `.env` in the working directory, where there is one; those that are set already stay. Values are
 * literal, a `$` too, and no other file is read. What an editor puts before the first letter (BOM) is left out.
 */
export function loadEnvironment(): void {
  try {
    const text = readFileSync('.env', 'utf8').replace(/^\uFEFF/, '')
    Object.assign(process.env, { ...parseEnv(text), ...process.env })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
