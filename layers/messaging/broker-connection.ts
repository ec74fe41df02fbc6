import { configuration, required } from '@stockroom/runtime/configuration'
import { within } from '@stockroom/runtime/deadline'
import { log } from '@stockroom/runtime/logger'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { onShutdown } from '@stockroom/runtime/shutdown'
import { Unavailable } from '@stockroom/runtime/unavailable'
import amqp, { type ConfirmChannel, type RecoveringChannelModel } from 'amqplib'
import { brokerCredentials } from './broker-credentials.ts'
import { type Connection, watch } from './connection-watch.ts'
import { guardHeaders } from './header-guard.ts'
import { writeOnceATurn } from './one-write-a-turn.ts'

/** What the layer needs of amqplib; another implementation of it can take its place. */
export interface BrokerClient {
  connect(url: string, options: object): Promise<RecoveringChannelModel>
}

const connectTimeoutMs = 1000
const openChannelTimeoutMs = 1000
const closeTimeoutMs = 1000
const recovery = { maxDelay: 1000, waitForConnect: false, setup: prepare }

let client: BrokerClient = amqp as BrokerClient
let opening: { url: string; connection: Promise<Connection> } | undefined
let latest: Connection | undefined

/** Lets every later connection be made by `replacement`: the one place where a broker in process is put in. */
export function useBrokerClient(replacement: BrokerClient): void {
  client = replacement
}

/**
 * Opens a confirm channel on the process's one connection to the broker, which reconnects by itself, channels don't.
 * On Lambda it waits for that, as a broker ends the connections of environments that stand still.
 * @throws Unavailable at once while the connection is down or blocked, and when the broker doesn't answer within a second
 */
export async function openChannel(): Promise<ConfirmChannel> {
  const connection = await currentConnection()
  await connection.tried
  if (!connection.isUp && !processPolicy().awaitsBrokerConnection)
    throw new Unavailable('broker', 'not connected')
  if (connection.isBlocked) throw new Unavailable('broker', 'blocked')
  const channel = createChannel(connection.model)
  try {
    return await within(openChannelTimeoutMs, channel)
  } catch (error) {
    // A connection has a limited number of channels, and nobody waits for this one any more.
    channel.then((late) => late.close()).catch(() => {})
    throw new Unavailable('broker', error)
  }
}

/**
 * Whether RabbitMQ has stopped to read what this process sends, as it does with those who publish while its memory or
 * its disk runs short. Whatever is sent then only fills the memory of this process.
 */
export const isBrokerBlocked = (): boolean => latest?.isBlocked ?? false

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
    recovery: { ...recovery, initialDelay: processPolicy().brokerRetryMs },
    timeout: connectTimeoutMs,
    credentials: brokerCredentials(url),
  })
  const connection = watch(model, connectTimeoutMs)
  latest = connection
  onShutdown('close', async () => {
    opening = undefined
    latest = undefined
    await close(connection)
  })
  return connection
}

/** A broker that is silent never answers that the connection is closed, and one that blocks never reads to its end. */
async function close({ model, socket }: Connection): Promise<void> {
  await within(closeTimeoutMs, model.close()).catch(() => {})
  socket?.destroy()
}

/** Whatever headers a message has, they are decoded; what one turn sends leaves at once. */
async function prepare({ connection }: { connection?: unknown }): Promise<void> {
  writeOnceATurn(connection)
  if (!guardHeaders(connection)) log.warn('amqplib differs: headers that it cannot decode end the connection')
}

/** Notices a half-open connection within seconds; the server's own heartbeat is a minute. */
function withHeartbeat(url: string): string {
  const parsed = new URL(url)
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', '5')
  return parsed.href
}
