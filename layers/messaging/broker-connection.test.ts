import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { shutDown } from '@stockroom/runtime/shutdown'

process.env.LOG_LEVEL = 'silent'
const settings = { rabbitmqUrl: '' }
jest.unstable_mockModule('@stockroom/runtime/configuration', () => ({
  configuration: () => settings,
  required: (_: string, value: string) => value,
}))
const distrustSecrets = jest.fn()
jest.unstable_mockModule('@stockroom/runtime/secrets', () => ({ distrustSecrets }))
const { brokerBlocked } = await import('@stockroom/telemetry/shop-metrics')
const { isBrokerBlocked, openChannel, useBrokerClient } = await import('./broker-connection.ts')

const aChannel = new EventEmitter().setMaxListeners(0)

/** A connection that recovers by itself, as amqplib's; the test says when it is up. */
class FakeConnection extends EventEmitter {
  createChannel = jest.fn<() => Promise<object>>()
  createConfirmChannel = jest.fn<() => Promise<object>>(async () => aChannel)
  close = jest.fn(async () => {})
  socket = { destroy: jest.fn() }

  comesUp() {
    this.emit('connect', { connection: { stream: this.socket } })
  }

  isLost() {
    this.emit('disconnect', new Error('gone'))
  }
}

const connect = jest.fn<(url: string, options: object) => Promise<FakeConnection>>()
let connection: FakeConnection
const unavailable = { name: 'Unavailable', service: 'broker' }
const nextTurn = () => new Promise(setImmediate)

/** Opens a channel while the first attempt to connect succeeds, or fails as is said. */
async function open(failure?: string) {
  const channel = openChannel()
  channel.catch(() => {})
  await nextTurn()
  if (failure) connection.emit('connect-failed', new Error(failure))
  else connection.comesUp()
  return channel
}

beforeEach(() => {
  distrustSecrets.mockReset()
  connection = new FakeConnection()
  settings.rabbitmqUrl = 'amqp://guest:guest@broker:5672/shop'
  connect.mockReset().mockImplementation(async () => connection)
  useBrokerClient({ connect: connect as never })
})

afterEach(async () => {
  jest.useRealTimers()
  delete process.env.AWS_LAMBDA_RUNTIME_API
  await shutDown() // forgets the connection
})

describe('the connection', () => {
  it('is one for all channels', async () => {
    const channels = [await open(), ...(await Promise.all([openChannel(), openChannel()]))]

    expect(channels).toEqual([aChannel, aChannel, aChannel])
    expect(connect).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['', 'amqp://broker/shop?heartbeat=5'],
    ['?heartbeat=30', 'amqp://broker/shop?heartbeat=30'],
  ])('has a heartbeat of seconds unless RABBITMQ_URL asks for another: "%s"', async (search, url) => {
    settings.rabbitmqUrl = `amqp://broker/shop${search}`

    await open()

    expect(connect.mock.calls[0]?.[0]).toBe(url)
  })

  it('is another one when the URL has another password, and the old one is closed', async () => {
    await open()
    const old = connection
    connection = new FakeConnection()
    settings.rabbitmqUrl = 'amqp://guest:rotated@broker:5672/shop'

    await open()

    expect(connect.mock.calls.map(([url]) => new URL(url).password)).toEqual(['guest', 'rotated'])
    expect([old.close, connection.close].map(({ mock }) => mock.calls.length)).toEqual([1, 0])
  })

  it.each([
    ['Handshake terminated by server: 403 (ACCESS-REFUSED) with message "Login was refused"', 1],
    ['connect ECONNREFUSED', 0],
  ])('that fails with "%s" makes it distrust the password %i times', async (failure, times) => {
    await open(failure).catch(() => {})

    expect(distrustSecrets).toHaveBeenCalledTimes(times)
  })

  it.each([
    ['is silent', () => connection.close.mockReturnValue(new Promise(() => {}))],
    ['blocks, and will never read to its end', () => connection.emit('blocked', 'low on memory')],
  ])('is broken at shutdown when the broker %s, and another one comes after it', async (_, fall) => {
    await open()
    const broken = connection
    fall()

    await shutDown()
    const isBlocked = isBrokerBlocked()
    connection = new FakeConnection()
    await open()

    expect(broken.close).toHaveBeenCalledTimes(1)
    expect(broken.socket.destroy).toHaveBeenCalledTimes(1)
    expect(connect).toHaveBeenCalledTimes(2)
    expect(isBlocked).toBe(false)
  })
})

describe('openChannel', () => {
  it('fails at once when the first attempt to connect has failed, and while the connection is lost', async () => {
    await expect(open('ECONNREFUSED')).rejects.toMatchObject(unavailable)
    connection.comesUp()
    connection.isLost()
    connection.isLost()

    await expect(openChannel()).rejects.toMatchObject(unavailable)
    expect(connection.createConfirmChannel).not.toHaveBeenCalled()
    connection.comesUp()
    expect(await openChannel()).toBe(aChannel)
  })

  it('waits on Lambda for a connection that is being restored, and restores it soon', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    const restored = Promise.withResolvers<object>()
    connection.createConfirmChannel.mockReturnValue(restored.promise)
    const channel = open('ECONNREFUSED')
    await nextTurn()

    restored.resolve(aChannel)

    expect(await channel).toBe(aChannel)
    expect(connect.mock.calls[0]?.[1]).toMatchObject({ recovery: { initialDelay: 10 } })
  })

  it('fails after a second when the broker does not answer, and closes a channel that comes too late', async () => {
    await open()
    const late = Promise.withResolvers<object>()
    connection.createConfirmChannel.mockReturnValue(late.promise)
    jest.useFakeTimers()
    const outcome = openChannel().catch((error) => error)
    await jest.advanceTimersByTimeAsync(1000)

    const close = jest.fn(async () => {})
    late.resolve({ on() {}, close })
    await jest.advanceTimersByTimeAsync(0)

    expect(await outcome).toMatchObject(unavailable)
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('leaves no error of its channel or connection without a listener, which would end the process', async () => {
    await open()

    for (const emitter of [aChannel, connection])
      expect(() => emitter.emit('error', new Error('heartbeat timeout'))).not.toThrow()
  })
})

describe('the topology', () => {
  beforeEach(() => {
    connection.createChannel.mockRejectedValue(new Error('406'))
  })

  const comesBack = async () => {
    await open()
    connection.isLost()
    connection.comesUp()
    await nextTurn()
  }

  it('is declared again when the connection is back: the broker may have lost its data', async () => {
    const calls: string[] = []
    const names = ['on', 'assertExchange', 'assertQueue', 'bindQueue', 'close']
    const channel = Object.fromEntries(names.map((name) => [name, async () => void calls.push(name)]))
    connection.createChannel.mockResolvedValue(channel)

    await comesBack()
    await nextTurn()

    expect([...new Set(calls)]).toEqual(names)
  })

  it.each([
    ['that can not be declared again leaves the connection usable', undefined, 1],
    ['is not declared by the many environments of Lambda, which a sale wakes at once', '127.0.0.1:9001', 0],
  ])('%s', async (_, lambda, times) => {
    if (lambda) process.env.AWS_LAMBDA_RUNTIME_API = lambda

    await comesBack()

    expect(connection.createChannel).toHaveBeenCalledTimes(times)
    expect(await openChannel()).toBe(aChannel)
  })
})

it('a broker that blocks is known, also by a gauge, while it does, and asked for no channel', async () => {
  const states: unknown[] = []
  const note = () =>
    states.push([isBrokerBlocked(), ...[...brokerBlocked.latest()].map(({ value }) => value)])
  await open()
  note()

  connection.emit('blocked', 'low on memory')
  note()
  await expect(openChannel()).rejects.toThrow('The broker is unavailable: blocked')
  connection.emit('unblocked')
  note()
  connection.emit('blocked', 'low on memory')
  connection.isLost()
  note()

  expect(states).toEqual([
    [false, 0],
    [true, 1],
    [false, 0],
    [false, 0],
  ])
  expect(connection.createConfirmChannel).toHaveBeenCalledTimes(1)
})
