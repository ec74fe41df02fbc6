import { connectionUrl, displayAddress } from '../broker/broker-address.ts'
import { type BrokerClient, type BrokerConnection, connectToBroker } from '../broker/broker-connection.ts'
import { describeBrokerError } from '../broker/broker-error.ts'
import { declarationsFor, declareMissing, type QueueDeclarations } from '../broker/queue-declaration.ts'
import type { RmqEvent } from '../event/rmq-event.ts'
import type { Log } from '../log.ts'
import type { EventSourceMapping } from '../mapping/event-source-mapping.ts'
import { Poller } from './poller.ts'
import type { Pauses } from './waiting.ts'

type EmulatorSetting = {
  mappings: EventSourceMapping[]
  /** Hands a batch to the function of a mapping. `stopping` aborts when the emulator begins to stop. */
  invoke(mapping: EventSourceMapping, event: RmqEvent, stopping: AbortSignal): Promise<unknown>
  log: Log
  /** Default: amqplib. */
  client?: BrokerClient
  /** Pollers of each mapping. Default: 1. */
  concurrency?: number
  /** How long `start` waits for the brokers and the queues. Default: 10 s. */
  startUpWaitMs?: number
  declareQueues?: boolean | QueueDeclarations
  retryPauses?: Pauses
}

const START_UP_WAIT_MS = 10_000

/** Runs event source mappings: one connection for each broker and virtual host, one poller for each mapping. */
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
    const { mappings, startUpWaitMs = START_UP_WAIT_MS } = this.#setting
    const patience = AbortSignal.any([AbortSignal.timeout(startUpWaitMs), this.#stopping.signal])
    const byConnection = Map.groupBy(mappings, ({ brokerUrl, virtualHost }) =>
      connectionUrl(brokerUrl, virtualHost),
    )
    try {
      await allOf([...byConnection.values()].map((its) => this.#startPollers(its, patience)))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Begins no new batch, waits for the running ones and closes the connections. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#pollers.map((poller) => poller.stop()))
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  /** Starts the pollers of mappings that share a connection. */
  async #startPollers(mappings: EventSourceMapping[], patience: AbortSignal): Promise<void> {
    const { client, log, concurrency = 1, declareQueues = false } = this.#setting
    const { brokerUrl: url, virtualHost } = mappings[0] as EventSourceMapping
    const connection = await connectToBroker({ url, virtualHost, client, log }, patience)
    this.#connections.push(connection)
    const queues = mappings.map(({ queue }) => queue)
    await declareMissing(connection.openChannel, declarationsFor(queues, declareQueues))
    await allOf(
      mappings.map(async (mapping) => {
        const pollers = Array.from({ length: concurrency }, () => this.#poller(connection, mapping))
        await allOf(pollers.map((poller) => startPolling(poller, mapping, patience)))
        const { functionKey, queue } = mapping
        log.notice(`(λ: ${functionKey}) polling queue ${queue} at ${displayAddress(url)}`)
      }),
    )
  }

  #poller({ openChannel }: BrokerConnection, mapping: EventSourceMapping): Poller {
    const { invoke, log, retryPauses } = this.#setting
    const poller = new Poller({
      mapping,
      openChannel,
      invoke: (event, stopping) => invoke(mapping, event, stopping),
      log,
      retryPauses,
    })
    this.#pollers.push(poller)
    return poller
  }
}

async function startPolling(poller: Poller, mapping: EventSourceMapping, patience: AbortSignal) {
  try {
    await poller.start(patience)
  } catch (error) {
    const { brokerUrl, virtualHost, queue } = mapping
    const place = { address: displayAddress(brokerUrl), virtualHost, queue }
    throw new Error(describeBrokerError(error, place), { cause: error })
  }
}

/** Resolves when all have succeeded. Throws the first failure, but not before the others have settled. */
async function allOf(work: Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(work)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
}
