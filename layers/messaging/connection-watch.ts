import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from '@stockroom/runtime/logger'
import { processPolicy } from '@stockroom/runtime/process-policy'
import { distrustSecrets } from '@stockroom/runtime/secrets'
import { brokerBlocked } from '@stockroom/telemetry/shop-metrics'
import type { RecoveringChannelModel } from 'amqplib'
import { declareTopology } from './topology.ts'

/** A connection that comes back by itself, and how it is at this moment. */
export interface Connection {
  model: RecoveringChannelModel
  /** Resolves when the first attempt to connect has succeeded or failed. */
  tried: Promise<void>
  isUp: boolean
  /** RabbitMQ reads nothing that is sent on it: https://www.rabbitmq.com/docs/connection-blocked */
  isBlocked: boolean
  /** The socket that stands now; a broker in process has none. */
  socket: Socket | undefined
}

/**
 * Follows a connection from now on, and declares the topology again whenever it is back, but on Lambda. The first attempt
 * to connect counts as failed after `firstAttemptMs` milliseconds.
 */
export function watch(model: RecoveringChannelModel, firstAttemptMs: number): Connection {
  const tried = firstAttempt(model, firstAttemptMs)
  const connection: Connection = { model, tried, isUp: false, isBlocked: false, socket: undefined }
  model.on('connect', (current) => {
    connection.socket = (current as { connection?: { stream?: Socket } } | undefined)?.connection?.stream
    setUp(connection, true)
  })
  // `migrate` declares before the first connection; what comes back may be a broker that lost its data meanwhile.
  if (processPolicy().redeclaresTopology)
    model.once('connect', () => model.on('connect', () => declareAgain(model)))
  model.on('disconnect', () => setUp(connection, false))
  model.on('blocked', (reason: string) => setBlocked(connection, true, reason))
  model.on('unblocked', () => setBlocked(connection, false))
  model.on('connect-failed', (error: unknown) => {
    if (/ACCESS.REFUSED/.test(String(error))) distrustSecrets()
  })
  // Without a listener amqplib ends the process, and 'disconnect' tells the same.
  model.on('error', () => {})
  return connection
}

function setUp(connection: Connection, isUp: boolean): void {
  if (isUp !== connection.isUp)
    log[isUp ? 'debug' : 'warn'](isUp ? 'broker connected' : 'broker connection lost')
  connection.isUp = isUp
  setBlocked(connection, false)
}

function setBlocked(connection: Connection, isBlocked: boolean, reason?: string): void {
  if (isBlocked) log.warn({ reason }, 'the broker takes no messages')
  else if (connection.isBlocked) log.warn('the broker takes messages again')
  connection.isBlocked = isBlocked
  brokerBlocked.set(isBlocked ? 1 : 0)
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

function firstAttempt(model: RecoveringChannelModel, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    model.on('connect', () => resolve())
    model.on('connect-failed', () => resolve())
    pause(limitMs, undefined, { ref: false }).then(resolve)
  })
}
