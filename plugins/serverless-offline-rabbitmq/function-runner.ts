import type { CommandLineOptions, Serverless } from './serverless.ts'

export type FunctionRunner = {
  /** Invokes a function of serverless.yml by its key; resolves with its result, rejects with its error. */
  run(functionKey: string, event: unknown): Promise<unknown>
  /** Ends what the runner started, worker threads for example. */
  close(): Promise<void>
}

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
  const configured = service.custom?.['serverless-offline'] as object | undefined
  const lambda = new Lambda(serverless, { ...DEFAULTS, ...configured, ...options })
  const functionKeys = service.getAllFunctions()
  lambda.create(
    functionKeys.map((functionKey) => ({
      functionKey,
      functionDefinition: service.getFunction(functionKey),
    })),
  )

  return {
    // Not async before runHandler: an environment is marked busy there, and until then two calls could share one.
    run(functionKey, event) {
      if (!functionKeys.includes(functionKey)) {
        return Promise.reject(new Error(`serverless.yml has no function "${functionKey}"`))
      }
      const environment = lambda.get(functionKey)
      environment.setEvent(event)
      return environment.runHandler()
    },
    close: () => lambda.cleanup(),
  }
}
