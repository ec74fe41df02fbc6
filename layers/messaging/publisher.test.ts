import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

const error = jest.fn<(details: object, text: string) => void>()
const openChannel = jest.fn<() => Promise<FakeChannel>>()
const isBrokerBlocked = jest.fn<() => boolean>()
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel, isBrokerBlocked }))
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log: { error } }))
const { publish, requireBroker, send } = await import('./publisher.ts')

type Confirm = (error: unknown) => void

/** A confirm channel on which the test plays the broker. */
class FakeChannel extends EventEmitter {
  published: { exchange: string; routingKey: string; content: Buffer; options: object }[] = []
  onPublish: (messageId: string, confirm: Confirm) => void = (_, confirm) => confirm(null)

  publish(
    exchange: string,
    routingKey: string,
    content: Buffer,
    options: { messageId: string },
    confirm: Confirm,
  ): void {
    this.published.push({ exchange, routingKey, content, options })
    this.onPublish(options.messageId, confirm)
  }

  returns(messageId: string): void {
    this.emit('return', { fields: { routingKey: 'order.created' }, properties: { messageId } })
  }
}

const message = (messageId: string) => ({
  exchange: 'shop.events',
  routingKey: 'order.created',
  content: Buffer.from(messageId),
  options: { messageId, mandatory: true },
})
let channel: FakeChannel

beforeEach(() => {
  channel = new FakeChannel()
  error.mockReset()
  isBrokerBlocked.mockReset().mockReturnValue(false)
  openChannel.mockReset().mockImplementation(async () => channel)
})

afterEach(() => {
  jest.useRealTimers()
  channel.emit('close') // so that the next test begins with a channel of its own
})

describe('publish', () => {
  it('sends each message as it is and says that the broker has confirmed it', async () => {
    const confirmed = await publish([message('a'), message('b')])

    expect(confirmed).toEqual([true, true])
    expect(channel.published).toEqual([message('a'), message('b')])
  })

  it('does not open a channel for nothing', async () => {
    expect(await publish([])).toEqual([])
    expect(openChannel).not.toHaveBeenCalled()
  })

  it('uses one channel for all, even for the first that come together', async () => {
    await Promise.all([publish([message('a')]), publish([message('b')])])
    await publish([message('c')])

    expect(openChannel).toHaveBeenCalledTimes(1)
    expect(channel.published).toHaveLength(3)
  })

  it('says of each message, in their order, whether it is confirmed, whatever the order of the confirms', async () => {
    const confirms = new Map<string, Confirm>()
    channel.onPublish = (id, confirm) => confirms.set(id, confirm)

    const outcome = publish([message('a'), message('b'), message('c')])
    await new Promise(setImmediate)
    confirms.get('c')?.(null)
    confirms.get('b')?.(new Error('message nacked'))
    confirms.get('a')?.(null)

    expect(await outcome).toEqual([true, false, true])
  })

  it('says false of a mandatory message that the broker returned, though it confirms it', async () => {
    channel.onPublish = (id, confirm) => {
      if (id === 'b') channel.returns('b')
      confirm(null)
    }

    expect(await publish([message('a'), message('b')])).toEqual([true, false])
  })

  it('logs which event no queue takes', async () => {
    channel.onPublish = (id, confirm) => {
      channel.returns(id)
      confirm(null)
    }

    await publish([message('a')])

    expect(error.mock.calls).toEqual([
      [{ event: 'order.created', messageId: 'a' }, 'no queue takes this event'],
    ])
  })

  it('says true of a returned message when it is published again and routed', async () => {
    channel.onPublish = (id, confirm) => {
      channel.returns(id)
      confirm(null)
    }
    const first = await publish([message('a')])
    channel.onPublish = (_, confirm) => confirm(null)

    expect([first, await publish([message('a')])]).toEqual([[false], [true]])
  })

  it('says false of what was not confirmed when the channel closed', async () => {
    const confirms: Confirm[] = []
    channel.onPublish = (id, confirm) => (id === 'a' ? confirm(null) : confirms.push(confirm))

    const outcome = publish([message('a'), message('b')])
    await new Promise(setImmediate)
    for (const confirm of confirms) confirm(new Error('channel closed'))
    channel.emit('close')

    expect(await outcome).toEqual([true, false])
  })

  it('says false of a message that a closed channel does not take', async () => {
    channel.onPublish = () => {
      throw new Error('Channel closed')
    }

    expect(await publish([message('a')])).toEqual([false])
  })

  it.each(['close', 'error'])('opens a new channel after the %s of the old one', async (event) => {
    await publish([message('a')])
    channel.emit(event, new Error('gone'))
    channel = new FakeChannel()

    const confirmed = await publish([message('b')])

    expect(confirmed).toEqual([true])
    expect(channel.published).toEqual([message('b')])
  })

  it('keeps its new channel when the old one closes after its error', async () => {
    const old = channel
    await publish([message('a')])
    old.emit('error', new Error('gone'))
    channel = new FakeChannel()
    await publish([message('b')])
    old.emit('close')

    await publish([message('c')])

    expect(openChannel).toHaveBeenCalledTimes(2)
  })

  it('says false of what is not confirmed within 5 s, and true of the rest', async () => {
    jest.useFakeTimers()
    channel.onPublish = (id, confirm) => {
      if (id === 'b') confirm(null)
    }

    const outcome = publish([message('a'), message('b')])
    await jest.advanceTimersByTimeAsync(5000)

    expect(await outcome).toEqual([false, true])
  })

  it('fails while the broker is away, and tries again the next time', async () => {
    openChannel.mockRejectedValueOnce(new Unavailable('broker', 'not connected'))

    const outcome = publish([message('a')])

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    expect(await publish([message('a')])).toEqual([true])
  })
})

describe('send', () => {
  it('gives the answer of the broker, however late it comes', async () => {
    jest.useFakeTimers()
    let confirm: Confirm = () => {}
    channel.onPublish = (_, late) => {
      confirm = late
    }

    const [answer] = await send([message('a')])
    await jest.advanceTimersByTimeAsync(60_000)
    confirm(null)

    expect(await answer).toBe(true)
  })
})

describe('while the broker blocks', () => {
  it('nothing is handed over, and whoever publishes is told at once', async () => {
    await publish([message('a')])
    isBrokerBlocked.mockReturnValue(true)

    await expect(publish([message('b')])).rejects.toThrow('The broker is unavailable: blocked')
    await expect(requireBroker()).rejects.toThrow('The broker is unavailable: blocked')
    expect(channel.published).toEqual([message('a')])
  })

  it('no channel is opened', async () => {
    isBrokerBlocked.mockReturnValue(true)

    await expect(publish([message('a')])).rejects.toThrow('blocked')
    expect(openChannel).not.toHaveBeenCalled()
  })

  it('what it has got before keeps its answer', async () => {
    let confirm: Confirm = () => {}
    channel.onPublish = (_, later) => {
      confirm = later
    }
    const outcome = publish([message('a')])
    await new Promise(setImmediate)

    isBrokerBlocked.mockReturnValue(true)
    confirm(null)

    expect(await outcome).toEqual([true])
  })
})

describe('while the broker answers nothing', () => {
  const kibibyte = 1024
  const heavy = (id: string) => ({ ...message(id), content: Buffer.alloc(1024 * kibibyte - kibibyte) })
  let confirms: Confirm[]

  /** Sends a MiB at a time, until it is refused; how many were taken. */
  async function sendUntilRefused(): Promise<number> {
    for (let count = 0; count < 100; count += 1) {
      const refusal = await send([heavy(`m${count}`)]).then(
        () => undefined,
        (error) => error,
      )
      if (refusal) {
        expect(refusal).toMatchObject({ name: 'Unavailable', service: 'broker' })
        return count
      }
    }
    return Number.POSITIVE_INFINITY
  }

  beforeEach(() => {
    confirms = []
    channel.onPublish = (_, confirm) => confirms.push(confirm)
  })

  it('16 MiB wait in the memory at most; the next messages are refused', async () => {
    expect(await sendUntilRefused()).toBe(16)
    expect(channel.published).toHaveLength(16)
    await expect(requireBroker()).rejects.toMatchObject({ name: 'Unavailable' })
  })

  it('small messages count too: a KiB each beside their content', async () => {
    const small = Array.from({ length: 16 * kibibyte }, (_, index) => message(`m${index}`))
    await send(small)

    await expect(send([message('one more')])).rejects.toMatchObject({ name: 'Unavailable' })
  })

  it.each<[string, unknown]>([
    ['confirmed', null],
    ['refused', new Error('message nacked')],
  ])('what was %s makes room again', async (_, answer) => {
    await sendUntilRefused()

    confirms[0]?.(answer)

    await expect(requireBroker()).resolves.toBeUndefined()
  })

  it('a new channel begins with nothing', async () => {
    await sendUntilRefused()
    channel.emit('close')
    channel = new FakeChannel()

    expect(await publish([message('a')])).toEqual([true])
  })

  it('a message that the channel does not take needs no room', async () => {
    channel.onPublish = () => {
      throw new Error('Channel closed')
    }
    for (let count = 0; count < 20; count += 1) await send([heavy(`m${count}`)])

    await expect(requireBroker()).resolves.toBeUndefined()
  })
})
