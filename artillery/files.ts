import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunRecord } from './run-record.ts'
import type { LoadSettings } from './settings.ts'

/** Where a run leaves what it found out. */
export interface Files {
  report: string
  /** The record of the run, from which the report is made. */
  record: string
  generatorReport: string
  generatorLog: string
  shopLog: string
}

/** The folder of reports, where LOAD_REPORT names no other place. */
export const reportFolder = fileURLToPath(new URL('reports/', import.meta.url))

/** Names the files of a run and makes their folder. */
export function filesOf(kind: RunRecord['kind'], { scenario, report }: LoadSettings): Files {
  const base = resolve(report ?? `${reportFolder}${kind}-${scenario}`)
  mkdirSync(dirname(base), { recursive: true })
  return {
    report: `${base}.html`,
    record: `${base}.json`,
    generatorReport: `${base}.artillery.json`,
    generatorLog: `${base}.artillery.log`,
    shopLog: `${base}.shop.log`,
  }
}
