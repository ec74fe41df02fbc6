import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

process.env.LOG_LEVEL = 'silent'
const openChannel = jest.fn<() => Promise<FakeChannel>>()
const isBrokerBlocked = jest.fn<() => boolean>()
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel, isBrokerBlocked }))
const { publish, requireBroker, send } = await import('./publisher.ts')

type Confirm = (error: unknown) => void

/** A confirm channel on which the test plays the broker; it confirms everything until told otherwise. */
class FakeChannel extends EventEmitter {
  published: string[] = []
  onPublish: (messageId: string, confirm: Confirm) => void = (_, confirm) => confirm(null)

  publish(
    _exchange: string,
    _key: string,
    _content: Buffer,
    options: { messageId: string },
    confirm: Confirm,
  ) {
    this.published.push(options.messageId)
    this.onPublish(options.messageId, confirm)
  }

  returns(messageId: string): void {
    this.emit('return', { fields: { routingKey: 'order.created' }, properties: { messageId } })
  }
}

const message = (messageId: string, content: Buffer = Buffer.from(messageId)) => ({
  exchange: 'shop.events',
  routingKey: 'order.created',
  content,
  options: { messageId, mandatory: true },
})
let channel: FakeChannel
/** The answers that a silent broker owes, by the id of the message. */
let owed: Map<string, Confirm>
const silenceBroker = () => {
  channel.onPublish = (id, confirm) => owed.set(id, confirm)
}

beforeEach(() => {
  channel = new FakeChannel()
  owed = new Map()
  isBrokerBlocked.mockReset().mockReturnValue(false)
  openChannel.mockReset().mockImplementation(async () => channel)
})

afterEach(() => {
  jest.useRealTimers()
  channel.emit('close') // so that the next test begins with a channel of its own
})

describe('publish', () => {
  it('uses one channel for all, even for the first that come together', async () => {
    await Promise.all([publish([message('a')]), publish([message('b')])])
    await publish([message('c')])

    expect(openChannel).toHaveBeenCalledTimes(1)
    expect(channel.published).toEqual(['a', 'b', 'c'])
  })

  it('says of each message, in their order, whether it is confirmed within 5 s, in whatever order', async () => {
    jest.useFakeTimers()
    silenceBroker()

    const outcome = publish(['a', 'b', 'c', 'd'].map((id) => message(id)))
    await jest.advanceTimersByTimeAsync(4999)
    owed.get('d')?.(null)
    owed.get('c')?.(new Error('message nacked'))
    owed.get('a')?.(null)
    await jest.advanceTimersByTimeAsync(1)

    expect(await outcome).toEqual([true, false, false, true])
  })

  it('says false of a mandatory message that the broker returned, though it confirms it, until it is routed', async () => {
    channel.onPublish = (id, confirm) => {
      if (id === 'b') channel.returns(id)
      confirm(null)
    }
    const first = await publish([message('a'), message('b')])
    channel.onPublish = (_, confirm) => confirm(null)

    expect([first, await publish([message('b')])]).toEqual([[true, false], [true]])
  })

  it('opens a new channel after the error of the old one, and keeps it when that closes', async () => {
    const old = channel
    await publish([message('a')])
    old.emit('error', new Error('gone'))
    channel = new FakeChannel()
    const confirmed = await publish([message('b')])
    old.emit('close')

    await publish([message('c')])

    expect(confirmed).toEqual([true])
    expect(channel.published).toEqual(['b', 'c'])
    expect(openChannel).toHaveBeenCalledTimes(2)
  })
})

it('send gives the answer of the broker, however late it comes', async () => {
  jest.useFakeTimers()
  silenceBroker()

  const [answer] = await send([message('a')])
  await jest.advanceTimersByTimeAsync(60_000)
  owed.get('a')?.(null)

  expect(await answer).toBe(true)
})

it('while the broker blocks nothing is handed over, and what it has got before keeps its answer', async () => {
  silenceBroker()
  const before = publish([message('a')])
  await new Promise(setImmediate)

  isBrokerBlocked.mockReturnValue(true)

  await expect(publish([message('b')])).rejects.toThrow('The broker is unavailable: blocked')
  await expect(requireBroker()).rejects.toThrow('The broker is unavailable: blocked')
  expect(channel.published).toEqual(['a'])
  owed.get('a')?.(null)
  expect(await before).toEqual([true])
})

describe('while 16 MiB wait for the answer of the broker', () => {
  const kibibyte = 1024
  const refused = { name: 'Unavailable', service: 'broker' }
  const heavy = (count: number) =>
    Array.from({ length: count }, (_, n) => message(`${n}`, Buffer.alloc(1024 * kibibyte - kibibyte)))

  beforeEach(silenceBroker)

  it('the next messages are refused; each counts a KiB beside its content', async () => {
    await send(heavy(15))
    await send(Array.from({ length: kibibyte }, (_, n) => message(`${n}`, Buffer.alloc(0))))

    await expect(send([message('one more')])).rejects.toMatchObject(refused)
    expect(channel.published).not.toContain('one more')
  })

  it.each<[string, () => unknown]>([
    ['what was confirmed makes', () => owed.get('0')?.(null)],
    ['what was refused makes', () => owed.get('0')?.(new Error('message nacked'))],
    ['a new channel has', () => channel.emit('close')],
  ])('%s room again', async (_, makeRoom) => {
    await send(heavy(16))

    makeRoom()

    await expect(requireBroker()).resolves.toBeUndefined()
  })

  it('a message that the closed channel does not take is not confirmed, and needs no room', async () => {
    channel.onPublish = () => {
      throw new Error('Channel closed')
    }

    expect(await publish(heavy(20))).toEqual(Array(20).fill(false))
    await expect(requireBroker()).resolves.toBeUndefined()
  })
})
