import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'

const error = jest.fn<(details: object, text: string) => void>()
const openChannel = jest.fn<() => Promise<FakeChannel>>()
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log: { error } }))
const { publish } = await import('./publisher.ts')

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
