import type { CommandLineOptions, Serverless } from '../serverless/serverless.ts'
import { type TimeLimit, withinTime } from './time-limit.ts'

export type FunctionRunner = {
  /** Invokes a function of serverless.yml by its key; resolves with its result, rejects with its error. */
  run(functionKey: string, event: unknown): Promise<unknown>
  /** The same within a time. A run that was late has ended when this rejects, or nobody waits for its end any more. */
  runWithin(limit: TimeLimit, functionKey: string, event: unknown): Promise<unknown>
  /** Ends what the runner started, worker threads for example. */
  close(): Promise<void>
}

type Configured = { useInProcess?: boolean; useDocker?: boolean }

// serverless-offline's default, which it doesn't export.
const DEFAULTS = { terminateIdleLambdaTime: 60 }

/**
 * Creates a runner on serverless-offline's own Lambda emulation, with the options of
 * `custom.serverless-offline`; those of the command line win.
 *
 * With `useInProcess` the functions share their modules with those that serverless-offline runs.
 *
 * @example
 * const runner = await createFunctionRunner(serverless, options)
 * await runner.run('publish-pending-events', {})
 */
export async function createFunctionRunner(
  serverless: Serverless,
  options: CommandLineOptions = {},
): Promise<FunctionRunner> {
  const { default: Lambda } = await import('serverless-offline/lambda')
  const { service } = serverless
  const configured = service.custom?.['serverless-offline'] as Configured | undefined
  const settings: Configured = { ...DEFAULTS, ...configured, ...options }
  const lambda = new Lambda(serverless, settings)
  const functionKeys = service.getAllFunctions()
  lambda.create(
    functionKeys.map((functionKey) => ({
      functionKey,
      functionDefinition: service.getFunction(functionKey),
    })),
  )

  // Not async before runHandler: an environment is marked busy there, and until then two calls could share one.
  const begin = (functionKey: string, event: unknown) => {
    if (!functionKeys.includes(functionKey)) {
      throw new Error(`serverless.yml has no function "${functionKey}"`)
    }
    const environment = lambda.get(functionKey)
    environment.setEvent(event)
    return { environment, run: environment.runHandler() }
  }

  return {
    run: async (functionKey, event) => begin(functionKey, event).run,
    async runWithin(limit, functionKey, event) {
      const { environment, run } = begin(functionKey, event)
      if (runsInProcess(serverless, functionKey, settings)) return withinTime(run, limit)
      return withinTime(run, limit, () => environment.cleanup())
    },
    close: () => lambda.cleanup(),
  }
}

/** Such a run can't be ended from outside: a worker thread, a container or an interpreter can. */
function runsInProcess(
  { service }: Serverless,
  functionKey: string,
  { useInProcess, useDocker }: Configured,
): boolean {
  const { runtime = service.provider?.runtime } = service.getFunction(functionKey)
  return useInProcess === true && useDocker !== true && (runtime ?? 'nodejs').startsWith('nodejs')
}
