import { parseArgs } from 'node:util'
import { openBench } from './bench.ts'
import { tableHead, tableRow } from './result.ts'
import { runScenario } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { describePrograms, findPrograms, type Programs } from './services/programs.ts'

const usage = `Breaks the shop's neighbours under load, and counts.

  npm run test:faults                       every scenario
  npm run test:faults -- --quick            the half that takes less than five minutes
  npm run test:faults -- --only NAME,NAME   some
  npm run test:faults -- --list             their names

Exit codes: 0 every promise was kept, 1 one was broken, 2 the command was not understood.`

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Runs the command line and resolves to the exit code. */
async function main(args: string[]): Promise<number> {
  const chosen = choose(args)
  if (typeof chosen === 'string') {
    print(chosen)
    return chosen === usage ? 2 : 0
  }
  const programs = await findPrograms()
  for (const line of describePrograms(programs)) print(line)
  const { possible, impossible } = sort(chosen, programs)
  if (impossible.length > 0)
    print(`Not run, for want of a server: ${impossible.map(({ name }) => name).join(', ')}`)
  const broken = await runAll(possible, programs)
  const isIncomplete = process.env.CI === 'true' && impossible.length > 0
  if (isIncomplete) print('In CI every scenario has to run.')
  if (broken.length > 0) print(`\nBroken: ${broken.join(', ')}`)
  return broken.length > 0 || isIncomplete ? 1 : 0
}

/** The scenarios that the arguments choose, or what to print instead. */
function choose(args: string[]): readonly Scenario[] | string {
  try {
    const { values } = parseArgs({
      args,
      options: { quick: { type: 'boolean' }, only: { type: 'string' }, list: { type: 'boolean' } },
    })
    if (values.list) return scenarios.map(({ name, injected }) => `${name.padEnd(26)}${injected}`).join('\n')
    const names = values.only?.split(',')
    if (names?.some((name) => !scenarios.some((scenario) => scenario.name === name))) return usage
    return scenarios.filter(({ name, quick }) => (names ? names.includes(name) : quick || !values.quick))
  } catch {
    return usage
  }
}

function sort(chosen: readonly Scenario[], { redis, rabbitmq }: Programs) {
  const missing = [...(redis ? [] : ['cache']), ...(rabbitmq ? [] : ['broker'])]
  const isPossible = ({ needs }: Scenario) => !needs.some((part) => missing.includes(part))
  return {
    possible: chosen.filter(isPossible),
    impossible: chosen.filter((scenario) => !isPossible(scenario)),
  }
}

/** Resolves to the names of those that were broken. */
async function runAll(chosen: readonly Scenario[], programs: Programs): Promise<string[]> {
  const begin = performance.now()
  const bench = await openBench(programs)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => bench.close().finally(() => process.exit(130)))
  }
  const broken: string[] = []
  try {
    print(`\n${tableHead()}`)
    for (const scenario of chosen) {
      const result = await runScenario(bench, scenario)
      print(tableRow(result))
      for (const breach of result.breaches) print(`  BROKEN  ${breach}`)
      if (result.breaches.length > 0) broken.push(scenario.name)
    }
  } finally {
    await bench.close()
  }
  print(`\n${chosen.length} scenarios in ${Math.round((performance.now() - begin) / 1000)} s`)
  return broken
}

process.exitCode = await main(process.argv.slice(2))
