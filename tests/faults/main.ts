import { parseArgs } from 'node:util'
import { openBench } from './bench.ts'
import { tableHead, tableRow } from './result.ts'
import { runScenario } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { describePrograms, findPrograms, type Programs } from './services/programs.ts'

const usage = `Breaks the shop's neighbours under load, and counts.

  npm run test:faults                       every scenario
  npm run test:faults -- --quick            those that CI runs
  npm run test:faults -- --only NAME,NAME   some
  npm run test:faults -- --list             their names

  --keep   leaves logs and data where they are, and says where

Exit codes: 0 every promise was kept, 1 one was broken, 2 the command was not understood.`

const print = (line: string) => process.stdout.write(`${line}\n`)

type Request = ReturnType<typeof readRequest>

/** Runs the command line and resolves to the exit code. */
async function main(args: string[]): Promise<number> {
  let request: Request
  try {
    request = readRequest(args)
  } catch (error) {
    print(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (!request.list) return runChosen(request)
  for (const { name, quick, injected } of request.chosen)
    print(`${name.padEnd(26)}${quick ? 'quick  ' : '       '}${injected}`)
  return 0
}

/** @throws Error when the arguments can't be understood */
function readRequest(args: string[]) {
  const flag = { type: 'boolean', default: false } as const
  const options = { quick: flag, list: flag, keep: flag, only: { type: 'string' } } as const
  const { quick, list, keep, only } = parseArgs({ args, options }).values
  const chosen = only ? only.split(',').map(named) : scenarios.filter((one) => one.quick || !quick)
  return { list, keep, chosen }
}

function named(wanted: string): Scenario {
  const found = scenarios.find(({ name }) => name === wanted)
  if (!found) throw new Error(`There is no scenario ${wanted}.`)
  return found
}

async function runChosen({ chosen, keep }: Request): Promise<number> {
  const programs = await findPrograms()
  for (const line of describePrograms(programs)) print(line)
  const missing = [...(programs.redis ? [] : ['cache']), ...(programs.rabbitmq ? [] : ['broker'])]
  const isPossible = ({ needs }: Scenario) => !needs.some((part) => missing.includes(part))
  const impossible = chosen.filter((scenario) => !isPossible(scenario)).map(({ name }) => name)
  if (impossible.length > 0) print(`Not run, for want of a server: ${impossible.join(', ')}`)
  const broken = await runAll(chosen.filter(isPossible), programs, keep)
  const isIncomplete = process.env.CI === 'true' && impossible.length > 0
  if (isIncomplete) print('In CI every scenario has to run.')
  if (broken.length > 0) print(`Broken: ${broken.join(', ')}`)
  return broken.length > 0 || isIncomplete ? 1 : 0
}

/** Resolves to the names of those that were broken. */
async function runAll(
  chosen: readonly Scenario[],
  programs: Programs,
  keepsLogs: boolean,
): Promise<string[]> {
  const begin = performance.now()
  const broken: string[] = []
  const cleanUp = new AsyncDisposableStack()
  const interrupt = () => cleanUp.disposeAsync().finally(() => process.exit(130))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const bench = await openBench(programs, keepsLogs, cleanUp)
    print(`\n${tableHead()}`)
    for (const scenario of chosen) {
      const result = await runScenario(bench, scenario)
      print(tableRow(result))
      for (const violation of result.violations) print(`  BROKEN  ${violation}`)
      if (result.violations.length > 0) broken.push(scenario.name)
    }
  } finally {
    await cleanUp.disposeAsync()
  }
  print(`\n${chosen.length} scenarios in ${Math.round((performance.now() - begin) / 1000)} s`)
  return broken
}

process.exitCode = await main(process.argv.slice(2))
