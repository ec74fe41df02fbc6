import { displayAddress } from './broker-address.ts'
import { type BrokerConnection, connectToBroker } from './broker-connection.ts'
import { describeBrokerError } from './broker-error.ts'
import type { EventSourceMapping } from './event-source-mapping.ts'
import type { Log } from './log.ts'
import type { Options } from './options.ts'
import { Poller } from './poller.ts'
import type { RmqEvent } from './rmq-event.ts'
import type { Pauses } from './waiting.ts'

type EmulatorSetting = {
  mappings: EventSourceMapping[]
  options: Options
  invoke(functionKey: string, event: RmqEvent): Promise<unknown>
  log: Log
  /** How long `start` waits for the broker and the queues. Default: 10 s. */
  startUpLimitMs?: number
  retryPauses?: Pauses
}

const START_UP_LIMIT_MS = 10_000

/** Runs all event source mappings of a service: one connection for each virtual host, one poller for each mapping. */
export class Emulator {
  readonly #setting: EmulatorSetting
  readonly #stopping = new AbortController()
  readonly #connections: BrokerConnection[] = []
  readonly #pollers: Poller[] = []

  constructor(setting: EmulatorSetting) {
    this.#setting = setting
  }

  /** Resolves when every queue is polled. Otherwise stops what began, and throws an Error of one line. */
  async start(): Promise<void> {
    const { mappings, startUpLimitMs = START_UP_LIMIT_MS } = this.#setting
    const patience = AbortSignal.any([AbortSignal.timeout(startUpLimitMs), this.#stopping.signal])
    const virtualHosts = Map.groupBy(mappings, (mapping) => mapping.virtualHost)
    const starting = [...virtualHosts].map(([virtualHost, its]) =>
      this.#startPollers(virtualHost, its, patience),
    )
    const outcomes = await Promise.allSettled(starting)
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (!failure) return
    await this.stop()
    throw failure.reason
  }

  /** Begins no new batch, waits for the running ones and closes the connections. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#pollers.map((poller) => poller.stop()))
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  async #startPollers(
    virtualHost: string,
    mappings: EventSourceMapping[],
    patience: AbortSignal,
  ): Promise<void> {
    const { options, log } = this.#setting
    const connection = await connectToBroker({ ...options, virtualHost, log }, patience)
    this.#connections.push(connection)
    const outcomes = await Promise.allSettled(
      mappings.map((mapping) => this.#startPoller(connection, mapping, patience)),
    )
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure) throw failure.reason
  }

  async #startPoller(
    connection: BrokerConnection,
    mapping: EventSourceMapping,
    patience: AbortSignal,
  ): Promise<void> {
    const { options, invoke, log, retryPauses } = this.#setting
    const { functionKey, queue, virtualHost } = mapping
    const poller = new Poller({
      mapping,
      openChannel: connection.openChannel,
      invoke: (event) => invoke(functionKey, event),
      log,
      retryPauses,
    })
    this.#pollers.push(poller)
    try {
      await poller.start(patience)
    } catch (error) {
      const place = { address: displayAddress(options.url), virtualHost, queue }
      throw new Error(describeBrokerError(error, place), { cause: error })
    }
    log.notice(`(λ: ${functionKey}) polling queue ${queue} at ${displayAddress(options.url)}`)
  }
}
