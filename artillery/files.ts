import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kind, LoadSettings } from './settings.ts'

/** Where a run leaves what it found out. */
export type Files = ReturnType<typeof filesOf>

/** The folder of reports, where LOAD_REPORT names no other place. */
const reportFolder = fileURLToPath(new URL('reports/', import.meta.url))

/** Names the files of a run and makes their folder. */
export function filesOf(kind: Kind, { scenario, report }: LoadSettings) {
  const base = resolve(report ?? `${reportFolder}${kind}-${scenario}`)
  mkdirSync(dirname(base), { recursive: true })
  return {
    report: `${base}.html`,
    /** The record of the run, from which the report is made. */
    record: `${base}.json`,
    generatorReport: `${base}.artillery.json`,
    generatorLog: `${base}.artillery.log`,
    shopLog: `${base}.shop.log`,
  }
}
