import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'

process.env.LOG_LEVEL = 'silent'
const settings: { rabbitmqUrl: string | undefined } = { rabbitmqUrl: '' }
const pause = jest.fn<() => Promise<void>>()
const { required } = await import('@stockroom/runtime/configuration')
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({
  configuration: () => settings,
  required,
}))
const distrustSecrets = jest.fn()
jest.unstable_mockModule('@stockroom/runtime/secrets', () => ({ distrustSecrets }))
jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: pause }))
const { brokerBlocked } = await import('@stockroom/telemetry/shop-metrics')
const { isBrokerBlocked, openChannel, useBrokerClient } = await import('./broker-connection.ts')

const aChannel = new EventEmitter().setMaxListeners(0)

/** A connection that recovers by itself, as amqplib's; the test says when it is up. */
class FakeConnection extends EventEmitter {
  createChannel = jest.fn<() => Promise<object>>()
  createConfirmChannel = jest.fn<() => Promise<object>>(async () => aChannel)
  close = jest.fn(async () => {})
}

const connect = jest.fn<(url: string, options: object) => Promise<FakeConnection>>()
let connection: FakeConnection

/** Opens a channel while the first attempt to connect ends with `event`. */
async function openWhile(event: 'connect' | 'connect-failed') {
  const channel = openChannel()
  channel.catch(() => {})
  await new Promise(setImmediate)
  connection.emit(event, new Error('ECONNREFUSED'))
  return channel
}

beforeEach(() => {
  distrustSecrets.mockReset()
  connection = new FakeConnection()
  settings.rabbitmqUrl = 'amqp://guest:guest@broker:5672/shop'
  pause.mockReset().mockReturnValue(new Promise(() => {}))
  connect.mockReset().mockImplementation(async () => connection)
  useBrokerClient({ connect: connect as never })
})

afterEach(async () => {
  jest.useRealTimers()
  await shutDown() // forgets the connection
})

describe('openChannel', () => {
  it('opens a channel once the connection is up', async () => {
    expect(await openWhile('connect')).toBe(aChannel)
  })

  it('distrusts the password when the broker refuses it, and not when it is away', async () => {
    const channel = openChannel()
    channel.catch(() => {})
    await new Promise(setImmediate)
    connection.emit('connect-failed', new Error('connect ECONNREFUSED'))
    await channel.catch(() => {})
    expect(distrustSecrets).not.toHaveBeenCalled()

    connection.emit(
      'connect-failed',
      new Error(
        'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"',
      ),
    )
    expect(distrustSecrets).toHaveBeenCalledTimes(1)
  })

  it('waits on Lambda for a connection that is being restored, and restores it soon', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    const restored = Promise.withResolvers<object>()
    connection.createConfirmChannel.mockReturnValue(restored.promise)
    const channel = openWhile('connect-failed')
    await new Promise(setImmediate)

    restored.resolve(aChannel)

    expect(await channel).toBe(aChannel)
    expect(connect.mock.calls[0]?.[1]).toMatchObject({ recovery: { initialDelay: 10 } })
    delete process.env.AWS_LAMBDA_RUNTIME_API
  })

  it('opens another connection when the URL has another password, and closes the old one', async () => {
    await openWhile('connect')
    const old = connection
    connection = new FakeConnection()
    settings.rabbitmqUrl = 'amqp://guest:rotated@broker:5672/shop'

    await openWhile('connect')

    expect(connect.mock.calls.map(([url]) => new URL(url).password)).toEqual(['guest', 'rotated'])
    expect(old.close).toHaveBeenCalledTimes(1)
    expect(connection.close).not.toHaveBeenCalled()
  })

  it('outlives the errors of a channel that came too late for anybody to listen', async () => {
    await openWhile('connect')

    expect(() => aChannel.emit('error', new Error('channel error'))).not.toThrow()
  })

  it('breaks the connection at shutdown when the broker does not answer', async () => {
    const socket = { destroy: jest.fn() }
    const channel = openChannel()
    await new Promise(setImmediate)
    connection.emit('connect', { connection: { stream: socket } })
    await channel
    connection.close.mockReturnValue(new Promise(() => {}))

    await shutDown()

    expect(socket.destroy).toHaveBeenCalledTimes(1)
  })

  it('connects once for all channels', async () => {
    await openWhile('connect')

    await Promise.all([openChannel(), openChannel()])

    expect(connect).toHaveBeenCalledTimes(1)
    expect(connection.createConfirmChannel).toHaveBeenCalledTimes(3)
  })

  it('connects to RABBITMQ_URL with a heartbeat of seconds, and reconnects by itself', async () => {
    await openWhile('connect')

    const [url, options] = connect.mock.calls[0] ?? []
    expect(url).toBe('amqp://guest:guest@broker:5672/shop?heartbeat=5')
    expect(options).toMatchObject({ recovery: { waitForConnect: false }, timeout: 1000 })
  })

  it('guards every connection against headers that amqplib can not decode, and goes on where it can not', async () => {
    await openWhile('connect')
    const options = connect.mock.calls[0]?.[1] as { recovery: { setup(model: object): Promise<void> } }
    const recvFrame = () => false
    const stands = { rest: Buffer.alloc(0), recvFrame }

    await options.recovery.setup({ connection: stands })
    await options.recovery.setup({ connection: {} })

    expect(stands.recvFrame).not.toBe(recvFrame)
  })

  it('leaves a heartbeat that RABBITMQ_URL asks for as it is', async () => {
    settings.rabbitmqUrl = 'amqp://broker/shop?heartbeat=30'

    await openWhile('connect')

    expect(connect.mock.calls[0]?.[0]).toBe('amqp://broker/shop?heartbeat=30')
  })

  it('names RABBITMQ_URL when it is not set', async () => {
    settings.rabbitmqUrl = undefined
    jest.resetModules()
    const { openChannel: openElsewhere } = await import('./broker-connection.ts')

    await expect(openElsewhere()).rejects.toThrow(/^RABBITMQ_URL is not set/)
  })

  it('waits for the first attempt to connect no longer than a second', async () => {
    pause.mockResolvedValue()

    const outcome = openChannel()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    expect(pause.mock.calls).toEqual([[1000, undefined, { ref: false }]])
  })

  it('fails at once when the first attempt to connect has failed', async () => {
    const outcome = openWhile('connect-failed')

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    expect(connection.createConfirmChannel).not.toHaveBeenCalled()
  })

  it('fails at once while the connection is lost, without asking the broker', async () => {
    await openWhile('connect')
    connection.emit('disconnect', new Error('gone'))

    const outcome = openChannel()

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    expect(connection.createConfirmChannel).toHaveBeenCalledTimes(1)
  })

  it('opens channels again when the connection is back', async () => {
    await openWhile('connect')
    connection.emit('disconnect', new Error('gone'))
    connection.emit('disconnect', new Error('gone still'))
    connection.emit('connect', connection)

    expect(await openChannel()).toBe(aChannel)
  })

  it('declares the topology again when the connection is back: the broker may have lost its data', async () => {
    const calls: string[] = []
    const channel = new Proxy(
      {},
      { get: (_, name) => (name === 'then' ? undefined : async () => void calls.push(String(name))) },
    )
    connection.createChannel.mockResolvedValue(channel)
    await openWhile('connect')
    expect(connection.createChannel).not.toHaveBeenCalled()

    connection.emit('disconnect', new Error('gone'))
    connection.emit('connect', connection)
    await new Promise((resolve) => setTimeout(resolve, 20))

    expect(calls).toEqual(expect.arrayContaining(['assertExchange', 'assertQueue', 'bindQueue']))
    expect(calls.at(-1)).toBe('close')
  })

  it('declares nothing again on Lambda, whose environments would all do so at once when a sale begins', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    await openWhile('connect')

    connection.emit('disconnect', new Error('the broker has ended a connection that stood still'))
    connection.emit('connect')
    await new Promise(setImmediate)
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect(connection.createChannel).not.toHaveBeenCalled()
  })

  it("stays usable when the topology can't be declared again", async () => {
    connection.createChannel.mockRejectedValue(new Error('406'))
    await openWhile('connect')

    connection.emit('disconnect', new Error('gone'))
    connection.emit('connect', connection)

    expect(await openChannel()).toBe(aChannel)
  })

  it('fails when the broker refuses the channel', async () => {
    connection.createConfirmChannel.mockRejectedValue(new Error('Connection closed'))

    await expect(openWhile('connect')).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
  })

  it('fails after a second when the broker does not answer', async () => {
    await openWhile('connect')
    connection.createConfirmChannel.mockReturnValue(new Promise(() => {}))
    jest.useFakeTimers()

    const outcome = openChannel().catch((error) => error)
    await jest.advanceTimersByTimeAsync(1000)

    expect(await outcome).toMatchObject({ name: 'Unavailable', service: 'broker' })
  })

  it('closes a channel that comes too late', async () => {
    await openWhile('connect')
    const late = Promise.withResolvers<object>()
    connection.createConfirmChannel.mockReturnValue(late.promise)
    jest.useFakeTimers()
    const outcome = openChannel().catch((error) => error)
    await jest.advanceTimersByTimeAsync(1000)
    await outcome

    const close = jest.fn(async () => {})
    late.resolve({ on() {}, close })
    await jest.advanceTimersByTimeAsync(0)

    expect(close).toHaveBeenCalledTimes(1)
  })

  it('outlives the errors of its connection', async () => {
    await openWhile('connect')

    expect(() => connection.emit('error', new Error('heartbeat timeout'))).not.toThrow()
  })

  it('closes its connection at shutdown, and connects anew after it', async () => {
    await openWhile('connect')

    await shutDown()
    const closed = connection
    connection = new FakeConnection()
    await openWhile('connect')

    expect(closed.close).toHaveBeenCalledTimes(1)
    expect(connect).toHaveBeenCalledTimes(2)
  })
})

describe('a broker that blocks', () => {
  const lowOnMemory = () => connection.emit('blocked', 'low on memory')
  const gauge = () => [...brokerBlocked.latest()].map(({ value }) => value)

  it('is known from the first message that it does not read until it reads again', async () => {
    await openWhile('connect')
    const states = [isBrokerBlocked()]

    lowOnMemory()
    states.push(isBrokerBlocked())
    connection.emit('unblocked')
    states.push(isBrokerBlocked())

    expect(states).toEqual([false, true, false])
  })

  it('is asked for no channel, which it would not answer', async () => {
    await openWhile('connect')
    lowOnMemory()

    await expect(openChannel()).rejects.toThrow('The broker is unavailable: blocked')
    expect(connection.createConfirmChannel).toHaveBeenCalledTimes(1)

    connection.emit('unblocked')
    expect(await openChannel()).toBe(aChannel)
  })

  it('blocks a connection, not the one that comes after it', async () => {
    await openWhile('connect')
    lowOnMemory()

    connection.emit('disconnect', new Error('gone'))
    const whileAway = isBrokerBlocked()
    connection.emit('connect', connection)

    expect([whileAway, isBrokerBlocked()]).toEqual([false, false])
    expect(await openChannel()).toBe(aChannel)
  })

  it('is shown by a gauge', async () => {
    await openWhile('connect')
    const values = [gauge()]

    lowOnMemory()
    values.push(gauge())
    connection.emit('unblocked')
    values.push(gauge())

    expect(values).toEqual([[0], [1], [0]])
  })

  it('does not hold up a shutdown with what it has not read', async () => {
    const socket = { destroy: jest.fn() }
    const channel = openChannel()
    await new Promise(setImmediate)
    connection.emit('connect', { connection: { stream: socket } })
    await channel
    lowOnMemory()

    await shutDown()

    expect(connection.close).toHaveBeenCalledTimes(1)
    expect(socket.destroy).toHaveBeenCalledTimes(1)
    expect(isBrokerBlocked()).toBe(false)
  })
})
