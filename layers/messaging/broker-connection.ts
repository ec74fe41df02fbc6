import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { configuration, required } from '@stockroom/runtime/configuration'
import { within } from '@stockroom/runtime/deadline'
import { freezesAfterAnswer } from '@stockroom/runtime/invocation'
import { log } from '@stockroom/runtime/logger'
import { distrustSecrets } from '@stockroom/runtime/secrets'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { Unavailable } from '@stockroom/runtime/unavailable'
import amqp, { type ConfirmChannel, type RecoveringChannelModel } from 'amqplib'
import { guardHeaders } from './header-guard.ts'
import { declareTopology } from './topology.ts'

/** What the layer needs of amqplib; another implementation of it can take its place. */
export interface BrokerClient {
  connect(url: string, options: object): Promise<RecoveringChannelModel>
}

const connectTimeoutMs = 1000
const openChannelTimeoutMs = 1000
const closeTimeoutMs = 1000
const recovery = { initialDelay: 100, maxDelay: 1000, waitForConnect: false, setup: guard }
/** An answer waits for the broker a quarter of a second. */
const initialDelayOnLambda = 10

let client: BrokerClient = amqp as BrokerClient
let opening: { url: string; connection: Promise<Connection> } | undefined

interface Connection {
  model: RecoveringChannelModel
  /** Resolves when the first attempt to connect has succeeded or failed. */
  tried: Promise<void>
  isUp: boolean
  /** The socket that stands now; a broker in process has none. */
  socket: Socket | undefined
}

/** Lets every later connection be made by `replacement`: the one place where a broker in process is put in. */
export function useBrokerClient(replacement: BrokerClient): void {
  client = replacement
}

/**
 * Opens a confirm channel on the process's one connection to the broker, which reconnects by itself, channels don't.
 * On Lambda it waits for that, as a broker ends the connections of environments that stand still.
 * @throws Unavailable at once while the connection is down, and when the broker doesn't answer within a second
 */
export async function openChannel(): Promise<ConfirmChannel> {
  const connection = await currentConnection()
  await connection.tried
  if (!connection.isUp && !freezesAfterAnswer()) throw new Unavailable('broker', 'not connected')
  const channel = createChannel(connection.model)
  try {
    return await within(openChannelTimeoutMs, channel)
  } catch (error) {
    // A connection has a limited number of channels, and nobody waits for this one any more.
    channel.then((late) => late.close()).catch(() => {})
    throw new Unavailable('broker', error)
  }
}

/** One that comes too late has nobody else to listen to its errors, and an error without a listener ends the process. */
async function createChannel(model: RecoveringChannelModel): Promise<ConfirmChannel> {
  const channel = await model.createConfirmChannel()
  channel.on('error', () => {})
  return channel
}

/** Another one when the URL has changed with its password. */
function currentConnection(): Promise<Connection> {
  const url = required('RABBITMQ_URL', configuration().rabbitmqUrl)
  if (opening?.url !== url) {
    opening?.connection.then(close).catch(() => {})
    opening = { url, connection: open(url) }
  }
  return opening.connection
}

async function open(url: string): Promise<Connection> {
  const model = await client.connect(withHeartbeat(url), {
    recovery: freezesAfterAnswer() ? { ...recovery, initialDelay: initialDelayOnLambda } : recovery,
    timeout: connectTimeoutMs,
  })
  const connection = watch(model)
  onShutdown('close', async () => {
    opening = undefined
    await close(connection)
  })
  return connection
}

/** A broker that is silent never answers that the connection is closed. */
async function close({ model, socket }: Connection): Promise<void> {
  await within(closeTimeoutMs, model.close()).catch(() => socket?.destroy())
}

/** Whatever headers a message has, they are decoded. */
async function guard({ connection }: { connection?: unknown }): Promise<void> {
  if (!guardHeaders(connection)) log.warn('amqplib differs: headers that it cannot decode end the connection')
}

function watch(model: RecoveringChannelModel): Connection {
  const connection: Connection = { model, tried: firstAttempt(model), isUp: false, socket: undefined }
  const setUp = (isUp: boolean) => {
    if (isUp !== connection.isUp)
      log[isUp ? 'debug' : 'warn'](isUp ? 'broker connected' : 'broker connection lost')
    connection.isUp = isUp
  }
  model.on('connect', (current) => {
    connection.socket = (current as { connection?: { stream?: Socket } } | undefined)?.connection?.stream
    setUp(true)
  })
  // `migrate` declares before the first connection; what comes back may be a broker that lost its data meanwhile.
  model.once('connect', () => model.on('connect', () => declareAgain(model)))
  model.on('disconnect', () => setUp(false))
  model.on('connect-failed', (error: unknown) => {
    if (/ACCESS.REFUSED/.test(String(error))) distrustSecrets()
  })
  // Without a listener amqplib ends the process, and 'disconnect' tells the same.
  model.on('error', () => {})
  return connection
}

async function declareAgain(model: RecoveringChannelModel): Promise<void> {
  try {
    const channel = await model.createChannel()
    // What is wrong is told by the operation that fails, too.
    channel.on('error', () => {})
    await declareTopology(channel)
    await channel.close()
  } catch (error) {
    log.warn({ err: error }, 'the topology was not declared again')
  }
}

function firstAttempt(model: RecoveringChannelModel): Promise<void> {
  return new Promise((resolve) => {
    model.on('connect', () => resolve())
    model.on('connect-failed', () => resolve())
    pause(connectTimeoutMs, undefined, { ref: false }).then(resolve)
  })
}

/** Notices a silent link within seconds; the server's own heartbeat is a minute. */
function withHeartbeat(url: string): string {
  const parsed = new URL(url)
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', '5')
  return parsed.href
}
