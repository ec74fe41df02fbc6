import { declarationsFor } from './broker/queue-declaration.ts'
import { type Log, messageOf } from './log.ts'
import { deploymentWarnings } from './mapping/deployment-warnings.ts'
import {
  type EventSourceMapping,
  readEventSourceMappings,
  sharedQueues,
} from './mapping/event-source-mapping.ts'
import { type Options, readOptions, retryPauses } from './mapping/options.ts'
import type { Emulator } from './polling/emulator.ts'
import { createFunctionRunner, type FunctionRunner } from './polling/function-runner.ts'
import { limitedInvocation } from './polling/limited-invocation.ts'
import { commandLineFlags, runnerFlags } from './serverless/command-line.ts'
import { drainBeforeOfflineEnds } from './serverless/offline-end.ts'
import type { CommandLineOptions, Serverless } from './serverless/serverless.ts'

export type { BrokerClient } from './broker/broker-connection.ts'
export {
  type Delivery,
  type EventSource,
  type RmqBasicProperties,
  type RmqEvent,
  type RmqMessage,
  toRmqEvent,
} from './event/rmq-event.ts'
export type { RmqHeaders, RmqHeaderValue } from './event/rmq-headers.ts'
export type { Log } from './log.ts'
export type { Options } from './mapping/options.ts'
export { createFunctionRunner, type FunctionRunner } from './polling/function-runner.ts'
export type { Serverless } from './serverless/serverless.ts'

/**
 * The Serverless plugin: polls RabbitMQ under `serverless offline`, `serverless offline start` and its own
 * `serverless rabbitmq`. It stands before serverless-offline in `plugins`, whose hooks don't return until the end.
 */
export default class ServerlessOfflineRabbitmq {
  readonly commands = {
    rabbitmq: {
      usage: 'Polls the RabbitMQ queues of the functions without serving HTTP',
      lifecycleEvents: ['start', 'ready', 'end'],
      options: { ...commandLineFlags, ...runnerFlags },
    },
    // Serverless joins these options with those that serverless-offline gives to its commands.
    offline: {
      options: commandLineFlags,
      commands: { start: { options: commandLineFlags } },
    },
  }

  readonly hooks = {
    'offline:start': () => {
      drainBeforeOfflineEnds(this.#serverless, () => this.stop())
      return this.start()
    },
    'offline:start:init': () => this.start(),
    'offline:start:end': () => this.stop(),
    'rabbitmq:start': async () => {
      await this.start()
      this.#termination = terminationSignal()
    },
    'rabbitmq:ready': () => this.#termination,
    'rabbitmq:end': () => this.stop(),
    // Handlers may hold connections that would keep the process alive, so it is ended as serverless-offline ends its own.
    finalize: () => {
      if (this.#termination) process.exit(0)
    },
  }

  readonly #serverless: Serverless
  readonly #commandLineOptions: CommandLineOptions
  readonly #log: Log
  #emulator: Emulator | undefined
  #runner: FunctionRunner | undefined
  #stopped: Promise<void> | undefined
  #termination: Promise<void> | undefined

  constructor(serverless: Serverless, commandLineOptions: CommandLineOptions, { log }: { log: Log }) {
    this.#serverless = serverless
    this.#commandLineOptions = commandLineOptions
    this.#log = log
  }

  /** Begins to poll. Throws within `startUpWaitMs` when a broker or a queue isn't there. */
  async start(): Promise<void> {
    try {
      const options = readOptions(this.#serverless, this.#commandLineOptions)
      const mappings = readEventSourceMappings(this.#serverless.service, options)
      if (mappings.length === 0 || !options.enabled) return
      this.#explainSharedQueues(mappings)
      this.#explainDeclarations(mappings, options)
      for (const warning of deploymentWarnings(mappings)) this.#log.warning(warning)
      await this.#poll(mappings, options)
    } catch (error) {
      // Serverless prints errors of its own class without a stack.
      throw new this.#serverless.classes.Error(messageOf(error))
    }
  }

  /** Begins no new batch and resolves when the running ones are acknowledged and the connections closed. */
  stop(): Promise<void> {
    this.#stopped ??= this.#drain()
    return this.#stopped
  }

  async #poll(mappings: EventSourceMapping[], options: Options): Promise<void> {
    // Imported here because Serverless constructs its plugins for every command.
    const { Emulator } = await import('./polling/emulator.ts')
    const commandLine = this.#commandLineOptions
    // serverless-offline's own timer would free an environment whose late run goes on.
    const runner = await createFunctionRunner(this.#serverless, { ...commandLine, noTimeout: true })
    this.#runner = runner
    const isTimed = commandLine.noTimeout !== true
    const invoke = limitedInvocation({ runner, isTimed, log: this.#log })
    const { client, concurrency, startUpWaitMs, declareQueues } = options
    this.#emulator = new Emulator({
      mappings,
      invoke,
      log: this.#log,
      client,
      concurrency,
      startUpWaitMs,
      declareQueues,
      retryPauses: retryPauses(options),
    })
    await this.#emulator.start()
  }

  #explainSharedQueues(mappings: EventSourceMapping[]): void {
    for (const { queue, functionKeys } of sharedQueues(mappings)) {
      const functions = functionKeys.join(' and ')
      this.#log.warning(
        `Queue ${queue} feeds ${functions}: each message goes to one of them, as on AWS. Give each a queue of its own to hand it to all.`,
      )
    }
  }

  #explainDeclarations(mappings: EventSourceMapping[], { declareQueues }: Options): void {
    if (typeof declareQueues === 'boolean') return
    const queues = mappings.map(({ queue }) => queue)
    const declared = declarationsFor(queues, declareQueues)
    for (const queue of Object.keys(declareQueues).filter((name) => !declared.has(name))) {
      this.#log.warning(
        `declareQueues names ${queue}, which isn't declared: no function consumes it, and no queue that is declared sends it dead letters by x-dead-letter-exchange '' and its name as x-dead-letter-routing-key.`,
      )
    }
  }

  async #drain(): Promise<void> {
    await this.#emulator?.stop()
    await this.#runner?.close()
  }
}

/** Resolves at the first SIGINT or SIGTERM. npm passes Ctrl-C on to a process that has it already, so more may come. */
function terminationSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve())
    process.on('SIGTERM', () => resolve())
  })
}
