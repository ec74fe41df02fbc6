import type { Channel } from 'amqplib'
import { guardHeaders } from '../event/header-guard.ts'
import { type Log, messageOf } from '../log.ts'
import { atMost, type Pauses, retry } from '../polling/waiting.ts'
import { connectionUrl, credentialsOf, displayAddress } from './broker-address.ts'
import { describeBrokerError, isLoginRefused, stopOnAws } from './broker-error.ts'
import { writeOnceATurn } from './one-write-a-turn.ts'

/** What the emulator asks of a broker's client: amqplib, or anything with its `connect`. */
export type BrokerClient = { connect(url: string, options?: object): Promise<BrokerModel> }

type BrokerModel = {
  createChannel(): Promise<Channel>
  close(): Promise<void>
  on?(event: string, listener: (error: Error) => void): unknown
}

export type BrokerConnection = {
  /** Opens a channel. While the connection is lost, waits until it is back. */
  openChannel(): Promise<Channel>
  close(): Promise<void>
}

type Target = { url: string; virtualHost: string; client?: BrokerClient; log: Log }

const START_UP_PAUSES: Pauses = { firstMs: 250, longestMs: 2000 }
const CLOSE_LIMIT_MS = 2000
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, timeout: 5000 }
// Only the first attempt is bounded: `retry` repeats it, a connection that once stood is restored for as long as it takes.
const RECOVERY = { initialMaxRetries: 0, maxRetries: Infinity, initialDelay: 100, maxDelay: 10_000 }

const UNGUARDED =
  "this amqplib isn't guarded: a message with headers that it can't decode ends the connection"

/**
 * Connects to one virtual host, again and again until `patience` aborts.
 *
 * Throws an Error that says in one line what is wrong and what to do; a refused login isn't tried twice.
 */
export async function connectToBroker(target: Target, patience: AbortSignal): Promise<BrokerConnection> {
  const { url, virtualHost, log } = target
  const place = { address: displayAddress(url), virtualHost }
  let waiting = false
  try {
    return await retry(() => connect(target), {
      pauses: START_UP_PAUSES,
      signal: patience,
      isHopeless: isLoginRefused,
      onFailure: () => {
        if (!waiting) log.notice(`Waiting for RabbitMQ at ${place.address}`)
        waiting = true
      },
    })
  } catch (error) {
    throw new Error(describeBrokerError(error, place), { cause: error })
  }
}

async function connect({ url, virtualHost, client, log }: Target): Promise<BrokerConnection> {
  const opener = client ?? (await amqplib())
  const place = { address: displayAddress(url), virtualHost }
  const broker = `RabbitMQ at ${place.address}`
  const setup = async ({ connection }: { connection?: unknown }) => {
    writeOnceATurn(connection)
    if (!guardHeaders(connection)) log.warning(`${broker}: ${UNGUARDED}`)
  }
  const model = await opener.connect(connectionUrl(url, virtualHost), {
    ...SOCKET_OPTIONS,
    credentials: credentialsOf(url),
    recovery: { ...RECOVERY, setup },
  })
  reportChanges(model, broker, log)
  reportRefusals(model, place, log)
  return {
    openChannel: () => model.createChannel(),
    close: () => atMost(CLOSE_LIMIT_MS, model.close()),
  }
}

async function amqplib(): Promise<BrokerClient> {
  return (await import('amqplib')).default
}

/** What the broker refuses after a lost connection is tried again for ever, with one line in each outage. */
function reportRefusals(model: BrokerModel, place: { address: string; virtualHost: string }, log: Log): void {
  let isReported = false
  model.on?.('connect', () => {
    isReported = false
  })
  model.on?.('connect-failed', (error) => {
    const stop = stopOnAws(error)
    if (stop === undefined || isReported) return
    isReported = true
    log.warning(`${describeBrokerError(error, place)} Trying again; ${stop}`)
  })
}

function reportChanges(model: BrokerModel, broker: string, log: Log): void {
  // Without a listener amqplib throws the error and gives up the connection; `disconnect` tells the same story.
  model.on?.('error', (error) => log.debug(`${broker}: ${messageOf(error)}`))
  model.on?.('disconnect', (error) =>
    log.warning(`${broker}: connection lost (${messageOf(error)}), reconnecting`),
  )
  model.on?.('connect', () => log.warning(`${broker}: connected again`))
}
