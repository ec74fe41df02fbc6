import { type Bench, openBench } from './bench.ts'
import { type Request, readRequest, usage } from './command-line.ts'
import { tableHead, tableRow } from './result.ts'
import { runScenario } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { describePrograms, findPrograms, type Programs } from './services/programs.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

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
  for (const { name, quick, injected } of request.chosen) {
    print(`${name.padEnd(26)}${quick ? 'quick  ' : '       '}${injected}`)
  }
  return 0
}

async function runChosen({ chosen, keep }: Request): Promise<number> {
  const programs = await findPrograms()
  for (const line of describePrograms(programs)) print(line)
  const { possible, impossible } = sort(chosen, programs)
  if (impossible.length > 0)
    print(`Not run, for want of a server: ${impossible.map(({ name }) => name).join(', ')}`)
  const broken = await runAll(possible, programs, keep)
  const isIncomplete = process.env.CI === 'true' && impossible.length > 0
  if (isIncomplete) print('In CI every scenario has to run.')
  if (broken.length > 0) print(`Broken: ${broken.join(', ')}`)
  return broken.length > 0 || isIncomplete ? 1 : 0
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
async function runAll(
  chosen: readonly Scenario[],
  programs: Programs,
  keepsLogs: boolean,
): Promise<string[]> {
  const begin = performance.now()
  const bench = await openBench(programs, { keepsLogs })
  closeWhenInterrupted(bench)
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

function closeWhenInterrupted(bench: Bench): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => bench.close().finally(() => process.exit(130)))
  }
}

process.exitCode = await main(process.argv.slice(2))
