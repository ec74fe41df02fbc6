import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { answerFailure, isRequest, NotLoaded } from './failed-function.ts'
import { type FunctionDefinition, invocationContext } from './invocation-context.ts'

interface Log {
  warning(text: string): void
  error(text: unknown): void
}

/** Where the functions are, and what serverless.yml says for all of them. */
export interface Service {
  directory: string
  provider: Pick<FunctionDefinition, 'timeout' | 'memorySize'>
}

type Handler = (event: unknown, context: object) => unknown

/** What serverless-offline wants of a Lambda environment: an event is set, and run in the same turn. */
interface Environment {
  setEvent(event: unknown): void
  setClientContext(clientContext: unknown): void
  runHandler(): Promise<unknown>
}

/** Gives the environment that runs the next invocation of a function. */
type EnvironmentPool = {
  get(this: unknown, functionKey: string, definition: FunctionDefinition): Environment
}

/**
 * Makes serverless-offline call a function as a warm Lambda environment does: its handler is loaded once. As installed
 * it looks the file up, copies the environment's variables and builds about ten lines for its log at every call.
 * Reaches into files of the one version that package.json pins: where these look different, everything works as
 * installed, only slower.
 *
 * @param log gets the errors of functions, and the one line that says when the version is another one
 */
export async function keepFunctionsWarm(service: Service, log: Log): Promise<void> {
  try {
    const root = dirname(fileURLToPath(import.meta.resolve('serverless-offline')))
    const open = (file: string) => import(pathToFileURL(join(root, file)).href)
    const { load } = createRequire(import.meta.url)(
      join(root, 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js'),
    )
    const { default: LambdaFunctionPool } = await open('lambda/LambdaFunctionPool.js')
    const { directory, provider } = service
    const loaded = onceEach<Handler>((handler) =>
      load(directory, join(directory, handler)).catch((error: Error) => {
        throw new NotLoaded(handler, error)
      }),
    )
    const contextOf = (definition: FunctionDefinition, clientContext?: unknown) =>
      invocationContext({ ...provider, ...definition }, clientContext)
    replacePool(
      LambdaFunctionPool.prototype,
      (definition, event, clientContext) => {
        const context = contextOf(definition, clientContext)
        const handler = loaded(definition.handler)
        return typeof handler === 'function'
          ? handler(event, context)
          : handler.then((ready) => ready(event, context))
      },
      (error, definition, event) => {
        tell(error, definition, log)
        if (isRequest(event)) return answerFailure(event, contextOf(definition))
        throw error
      },
    )
    Object.assign(process.env, { IS_OFFLINE: 'true' }) // as serverless-offline sets it
    const { setLogUtils } = await open('utils/log.js')
    setLogUtils({ log: withoutNotices(log), progress: {} })
  } catch (error) {
    log.warning(
      `serverless-offline is not the version that is known: functions are loaded at every call (${error}).`,
    )
  }
}

function tell(error: unknown, { handler }: FunctionDefinition, log: Log): void {
  if (error instanceof NotLoaded) log.error(error.message)
  else {
    log.error(`Unhandled exception in handler '${handler}'.`)
    log.error(error)
  }
}

/** The log of Serverless inherits its functions, so a copy of it would have none. */
const withoutNotices = (log: Log) => ({
  debug() {},
  info() {},
  notice() {},
  verbose() {},
  warning: (text: string) => log.warning(text),
  error: (text: unknown) => log.error(text),
})

/** Gives what was loaded itself, once it is there: a promise of it would cost every call a turn. */
function onceEach<Value>(load: (name: string) => Promise<Value>): (name: string) => Value | Promise<Value> {
  const found = new Map<string, Value | Promise<Value>>()
  return (name) => {
    const present = found.get(name)
    if (present) return present
    const loading = load(name)
    found.set(name, loading)
    loading.then(
      (value) => found.set(name, value),
      () => found.delete(name),
    )
    return loading
  }
}

function replacePool(
  pool: EnvironmentPool,
  invoke: (definition: FunctionDefinition, event: unknown, clientContext: unknown) => unknown,
  fail: (error: unknown, definition: FunctionDefinition, event: unknown) => unknown,
): void {
  if (typeof pool.get !== 'function') throw new Error('its function pool has no function "get"')
  pool.get = (_functionKey, definition) => {
    let event: unknown
    let clientContext: unknown
    return {
      setEvent(given) {
        event = given
      },
      setClientContext(given) {
        clientContext = given
      },
      async runHandler() {
        try {
          return await invoke(definition, event, clientContext)
        } catch (error) {
          return fail(error, definition, event)
        }
      },
    }
  }
}
