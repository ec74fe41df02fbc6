import type ServerlessOfflineRabbitmq from '../plugins/serverless-offline-rabbitmq/index.ts'
import type { createFunctionRunner, FunctionRunner } from '../plugins/serverless-offline-rabbitmq/index.ts'
import type { Cors } from './gateway/cross-origin.ts'
import type { Parts } from './shop.ts'

type Serverless = Parameters<typeof createFunctionRunner>[0] & {
  serviceDir: string
  service: {
    provider: {
      environment?: Record<string, string>
      timeout?: number
      memorySize?: number
      httpApi: { cors: Cors }
    }
  }
}
type Log = { warning(text: string): void; error(text: string): void }

interface ServerlessOffline {
  start(): Promise<void>
  end(skipExit?: boolean): Promise<void>
}

/**
 * Makes `serverless offline` the whole shop: puts the parts behind the functions in place before anything else runs,
 * adds the schedules and the banner, and stops it all in the right order. It stands first in `plugins`; its imports
 * come late, because Serverless constructs its plugins for every command.
 */
export default class StockroomLocal {
  readonly hooks = {
    'before:offline:start': async () => {
      await this.#prepareShop()
      this.#surroundOffline()
    },
    'before:offline:start:init': async () => {
      await this.#prepareShop()
      this.#hideRoutes()
    },
    'offline:start:ready': () => this.#open(),
    'offline:start:end': () => this.#stop(),
    'before:rabbitmq:start': () => this.#prepare('consumers'),
    'rabbitmq:ready': () => this.#openConsumers(),
    'after:rabbitmq:end': () => this.#stop(),
  }

  readonly #serverless: Serverless
  readonly #commandLineOptions: Record<string, unknown>
  readonly #log: Log
  #parts: Parts | undefined
  #runner: FunctionRunner | undefined
  #stopped: Promise<void> | undefined
  #showOutput = () => {}
  /** HTTP ends first, so that no new order comes; then what consumes; what they all use last. */
  readonly #end = new AsyncDisposableStack()

  constructor(serverless: Serverless, commandLineOptions: Record<string, unknown>, { log }: { log: Log }) {
    this.#serverless = serverless
    this.#commandLineOptions = commandLineOptions
    this.#log = log
  }

  async #prepareShop(): Promise<void> {
    await this.#prepare('shop')
    const { answerAsApiGateway } = await import('./gateway/api-gateway.ts')
    await answerAsApiGateway(this.#serverless.service.provider.httpApi.cors, this.#log)
  }

  async #prepare(command: 'shop' | 'consumers'): Promise<void> {
    try {
      const { loadEnvironment } = await import('./settings/environment-file.ts')
      loadEnvironment()
      const { prepareParts } = await import('./shop.ts')
      const parts = await prepareParts(command)
      this.#parts = parts
      this.#end.defer(() => parts.stop())
      const { keepFunctionsWarm } = await import('./functions/warm-functions.ts')
      const { serviceDir: directory, service } = this.#serverless
      await keepFunctionsWarm({ directory, provider: service.provider }, this.#log)
      await this.#configureService(parts)
      const { createFunctionRunner } = await import('../plugins/serverless-offline-rabbitmq/index.ts')
      const runner = await createFunctionRunner(this.#serverless, this.#commandLineOptions)
      this.#runner = runner
      this.#end.defer(() => runner.close())
      this.#end.defer(() => this.#find<ServerlessOfflineRabbitmq>('ServerlessOfflineRabbitmq').stop())
      this.#end.defer(this.#offlineEnd())
      await this.#prepareServers(parts)
      if (parts.role === 'worker') {
        const { answerMetricQuestions } = await import('./metrics/cluster-metrics.ts')
        answerMetricQuestions()
      }
    } catch (error) {
      // The message of a syntax error doesn't name its file; the first line of the stack does.
      const place = error instanceof SyntaxError ? `${error.stack?.split('\n')[0]}: ` : ''
      process.stderr.write(`${place}${error instanceof Error ? error.message : error}\n`)
      process.exit(1)
    }
  }

  async #prepareServers({ role, settings }: Parts): Promise<void> {
    const { listenAtBothLoopbacks } = await import('./gateway/loopback.ts')
    const { keepIdleConnections } = await import('./gateway/keep-alive.ts')
    const { prepareDraining } = await import('./gateway/connection-draining.ts')
    const { guardLambdaPort, openNoLambdaPort } = await import('./functions/lambda-port.ts')
    keepIdleConnections()
    this.#end.defer(prepareDraining())
    listenAtBothLoopbacks(settings)
    // Functions are invoked by name at one process of a shop alone.
    if (role === 'worker' || role === 'consumers') await openNoLambdaPort()
    else await guardLambdaPort(settings)
  }

  async #configureService({ role, settings }: Parts): Promise<void> {
    const { service } = this.#serverless
    const { embeddedBrokerClient } = await import('./embedded/embedded-broker.ts')
    const { keepEventsOf, pollVirtualHostOf } = await import('./functions/event-sources.ts')
    const { metricsFunction } = await import('./metrics/metrics-route.ts')
    service.functions = { ...service.functions, getMetrics: metricsFunction }
    keepEventsOf(role, service.functions)
    pollVirtualHostOf(process.env.RABBITMQ_URL as string, service.functions)
    // The functions run in this process and see its environment; serverless-offline would copy these at every call.
    service.provider.environment = {}
    for (const definition of Object.values(service.functions ?? {}))
      Object.assign(definition, { environment: {} })
    service.provider.httpApi.cors.allowedOrigins = settings.allowedOrigins
    service.custom = {
      ...service.custom,
      'serverless-offline': {
        ...(service.custom?.['serverless-offline'] as object),
        host: settings.host,
        httpPort: settings.httpPort,
        noAuth: !process.env.ADMIN_API_KEY,
      },
      'serverless-offline-rabbitmq': {
        ...(service.custom?.['serverless-offline-rabbitmq'] as object),
        url: process.env.RABBITMQ_URL,
        retryPauseMs: settings.retryPauseMs,
        ...(settings.embedded.broker && { client: embeddedBrokerClient }),
      },
    }
  }

  /** `serverless offline` has no hooks between its start and its end, other than `serverless offline start`. */
  #surroundOffline(): void {
    const offline = this.#find<ServerlessOffline>('ServerlessOffline')
    const start = offline.start.bind(offline)
    const end = offline.end.bind(offline)
    offline.start = async () => {
      this.#hideRoutes()
      await start()
      await this.#open()
    }
    offline.end = async (skipExit) => {
      await this.#stop()
      await end(skipExit)
    }
  }

  /** serverless-offline prints every route twice, in a box, at any log level; the banner says what matters. */
  #hideRoutes(): void {
    if (process.env.SLS_LOG_LEVEL !== 'warning') return
    const { log } = console
    console.log = () => {}
    this.#showOutput = () => {
      console.log = log
    }
  }

  async #open(): Promise<void> {
    this.#showOutput()
    if (this.#stopped) return
    const { parts, run } = this.#ready()
    if (parts.role === 'worker') return
    const { addSampleProducts } = await import('./embedded/sample-products.ts')
    const { banner } = await import('./banner.ts')
    if (parts.role === 'primary') await this.#startWorkers(parts)
    if (parts.settings.embedded.database) await addSampleProducts(run)
    if (parts.role !== 'api') await this.#sweep()
    process.stdout.write(banner(parts))
  }

  async #startWorkers({ settings }: Parts): Promise<void> {
    const { startWorkers } = await import('./workers.ts')
    const { answerMetricQuestions } = await import('./metrics/cluster-metrics.ts')
    answerMetricQuestions()
    const endWorkers = await startWorkers(settings.workers).catch((error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    })
    this.#end.defer(endWorkers)
  }

  async #openConsumers(): Promise<void> {
    const { openHealthPort } = await import('./gateway/health-port.ts')
    const { localUrl } = await import('./banner.ts')
    const { parts, run } = this.#ready()
    const { host, healthPort } = parts.settings
    const port = await openHealthPort({ host, port: healthPort }, run)
    await this.#sweep()
    const url = `${localUrl(host, port)}/health`
    process.stdout.write(`Stockroom consumes its queues; ${url} tells how it is. Ctrl-C stops it.\n`)
  }

  async #sweep(): Promise<void> {
    const { startScheduler } = await import('./functions/scheduler.ts')
    const { parts, run } = this.#ready()
    this.#end.defer(startScheduler(run, { brokerIsEmpty: parts.settings.embedded.broker }))
  }

  #stop(): Promise<void> {
    this.#stopped ??= this.#end.disposeAsync()
    return this.#stopped
  }

  /** serverless-offline's own end, without the exit. */
  #offlineEnd(): () => Promise<void> {
    const offline = this.#find<ServerlessOffline>('ServerlessOffline')
    const end = offline.end.bind(offline)
    return () => end(true)
  }

  #find<Plugin extends object>(name: string): Plugin {
    const found = this.#serverless.pluginManager.plugins.find((plugin) => plugin.constructor.name === name)
    if (!found) throw new Error(`serverless.yml has to name the plugin ${name}`)
    return found as Plugin
  }

  #ready(): { parts: Parts; run: FunctionRunner['run'] } {
    if (!this.#parts || !this.#runner) throw new Error('The shop was not prepared')
    return { parts: this.#parts, run: this.#runner.run }
  }
}
