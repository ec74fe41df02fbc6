import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/all.ts'

export const usage = `Breaks the shop's neighbours under load, and counts.

  npm run test:faults                       every scenario
  npm run test:faults -- --quick            those that CI runs, about three minutes
  npm run test:faults -- --only NAME,NAME   some
  npm run test:faults -- --list             their names

  --keep   leaves logs and data where they are, and says where

Exit codes: 0 every promise was kept, 1 one was broken, 2 the command was not understood.`

/** What the suite is asked to do. */
export interface Request {
  list: boolean
  keep: boolean
  chosen: readonly Scenario[]
}

/** @throws Error when the arguments can't be understood */
export function readRequest(args: string[]): Request {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  })
  const { quick, only, list, keep } = values
  return {
    list,
    keep,
    chosen: only ? only.split(',').map(named) : scenarios.filter((one) => one.quick || !quick),
  }
}

function named(wanted: string): Scenario {
  const found = scenarios.find(({ name }) => name === wanted)
  if (!found) throw new Error(`There is no scenario ${wanted}.`)
  return found
}
