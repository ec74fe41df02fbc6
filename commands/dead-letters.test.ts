import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { OutboundMessage } from '@stockroom/messaging/publisher'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'

const openChannel = jest.fn<() => Promise<object>>()
const takeDeadLetters = jest.fn<(channel: object, queue: string) => Promise<DeadLetter[]>>()
const removeDeadLetters = jest.fn<(channel: object, letters: DeadLetter[]) => Promise<void>>()
const requireServices = jest.fn<(environment: object) => Promise<void>>()
const shutDown = jest.fn<() => Promise<void>>()
const askRunningShop = jest.fn<typeof import('./running-shop.ts').askRunningShop>()
const publish = jest.fn<(messages: OutboundMessage[]) => Promise<boolean[]>>()
jest.unstable_mockModule('@stockroom/messaging/broker-connection', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/messaging/read-dead-letters', () => ({
  takeDeadLetters,
  removeDeadLetters,
  sourceQueues: ['stock-reduction', 'order-settlement'],
}))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
jest.unstable_mockModule('@stockroom/runtime/shutdown', () => ({ shutDown }))
jest.unstable_mockModule('../local/settings/environment-file.ts', () => ({ loadEnvironment: () => {} }))
jest.unstable_mockModule('./running-shop.ts', () => ({ askRunningShop }))
jest.unstable_mockModule('../local/settings/reachability.ts', () => ({ requireServices }))
const { main } = await import('./dead-letters.ts')

const channel = {}
const history = { 'x-death': [{ count: 1 }], 'x-last-death-reason': 'delivery_limit', 'x-attempts': 3 }
const kept = { 'schema-version': 1, 'x-deathly': 'kept' }

function letter(messageId: string, queue = 'stock-reduction'): DeadLetter {
  return {
    queue,
    messageId,
    type: 'order.created',
    reason: 'not JSON',
    firstFailedAt: '2026-11-21T10:00:00.000Z',
    attempts: 3,
    body: `body of ${messageId}`,
    message: {
      content: Buffer.from(`body of ${messageId}`),
      fields: {},
      properties: {
        messageId,
        type: 'order.created',
        correlationId: 'request-1',
        headers: { ...history, ...kept },
      },
    } as never,
  }
}
const letters: Record<string, DeadLetter[]> = {}

const run = async (...args: string[]) => {
  const printed: string[] = []
  const code = await main(args, (line) => printed.push(line))
  return { code, printed, output: printed.join('\n') }
}
/** The ids of the letters that went. */
const removed = () =>
  removeDeadLetters.mock.calls.flatMap(([, letters]) => letters.map(({ messageId }) => messageId))

beforeEach(() => {
  process.env.RABBITMQ_URL = 'amqp://broker'
  Object.assign(letters, {
    'stock-reduction': [letter('a'), letter('b')],
    'order-settlement': [letter('c', 'order-settlement')],
  })
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
  removeDeadLetters.mockReset().mockResolvedValue()
  openChannel.mockReset().mockResolvedValue(channel)
  takeDeadLetters.mockReset().mockImplementation(async (_channel, queue) => letters[queue] ?? [])
  requireServices.mockReset().mockResolvedValue()
  shutDown.mockReset().mockResolvedValue()
})

describe('dead-letters list', () => {
  it('prints a heading, one line for each letter, and how many there are', async () => {
    const { code, printed } = await run('list')

    expect(printed).toEqual([
      'queue             id  type           first failed              reason',
      'stock-reduction   a   order.created  2026-11-21T10:00:00.000Z  not JSON',
      'stock-reduction   b   order.created  2026-11-21T10:00:00.000Z  not JSON',
      'order-settlement  c   order.created  2026-11-21T10:00:00.000Z  not JSON',
      '3 dead letters',
    ])
    expect(code).toBe(0)
    expect(removed()).toEqual([])
  })

  it('is done when there are none, in the queue alone that is named', async () => {
    Object.assign(letters, { 'order-settlement': [] })

    expect(await run('list', '--queue', 'order-settlement')).toMatchObject({
      code: 0,
      printed: ['0 dead letters'],
    })
  })

  it('shortens ids that stay unambiguous, and each other command takes them so', async () => {
    const [one, other] = ['0d3f6c1e-5b7a-4f57-9d0c-1c9f8a7b6d5e', 'a1b2c3d4-5b7a-4f57-9d0c-1c9f8a7b6d5e']
    Object.assign(letters, { 'stock-reduction': [letter(one), letter(other)], 'order-settlement': [] })

    const { printed } = await run('list')
    const discarded = await run('discard', 'a1b2c3d4')

    expect(printed.slice(1, 3).map((line) => line.split(/ +/)[1])).toEqual(['0d3f6c1e', 'a1b2c3d4'])
    expect(discarded).toMatchObject({ code: 0, printed: ['1 message discarded'] })
    expect(removed()).toEqual([other])
  })
})

describe('--json', () => {
  const json = async (...args: string[]) => {
    const { code, output } = await run(...args, '--json')
    return { code, document: JSON.parse(output) }
  }
  const facts = (messageId: string) => ({
    queue: 'stock-reduction',
    messageId,
    type: 'order.created',
    reason: 'not JSON',
    firstFailedAt: '2026-11-21T10:00:00.000Z',
    attempts: 3,
  })

  it('lists letters with whole ids, and shows properties and body, too', async () => {
    const id = '0d3f6c1e-5b7a-4f57-9d0c-1c9f8a7b6d5e'
    Object.assign(letters, { 'stock-reduction': [letter(id)], 'order-settlement': [] })

    expect(await json('list')).toEqual({ code: 0, document: { problems: [], letters: [facts(id)] } })
    expect(await json('show', id)).toMatchObject({
      document: {
        letters: [{ ...facts(id), body: `body of ${id}`, properties: { correlationId: 'request-1' } }],
      },
    })
  })

  it('tells which letters went back, which stay, and which are not there', async () => {
    publish.mockImplementation(async (messages) =>
      messages.map(({ content }) => `${content}` !== 'body of a'),
    )

    expect(await json('redrive', 'a', 'c', 'z')).toEqual({
      code: 1,
      document: {
        problems: ['There is no dead letter z.'],
        redriven: [{ queue: 'order-settlement', messageId: 'c', without: [] }],
        stayed: [{ queue: 'stock-reduction', messageId: 'a' }],
      },
    })
  })

  it('tells which letters are discarded', async () => {
    expect(await json('discard', 'b')).toEqual({
      code: 0,
      document: { problems: [], discarded: [{ queue: 'stock-reduction', messageId: 'b' }] },
    })
  })

  it('is a document as well when something fails', async () => {
    requireServices.mockRejectedValue(new Error('no broker'))

    expect(await json('list')).toEqual({ code: 1, document: { error: 'no broker' } })
  })
})

describe('dead-letters redrive', () => {
  it('takes the history off, and leaves every other property and header', async () => {
    const bare = letter('bare')
    bare.message.properties.headers = undefined
    Object.assign(letters, { 'stock-reduction': [letter('a'), bare] })

    await run('redrive', '--all', '--queue', 'stock-reduction')

    const sent = publish.mock.calls[0]?.[0].map(({ options }) => options)
    const shared = { type: 'order.created', correlationId: 'request-1', persistent: true, mandatory: true }
    expect(sent).toEqual([
      { messageId: 'a', headers: kept, ...shared },
      { messageId: 'bare', headers: {}, ...shared },
    ])
  })

  it('takes no letter away before the broker has confirmed it', async () => {
    const confirmed = Promise.withResolvers<boolean[]>()
    publish.mockReturnValue(confirmed.promise)

    const redriving = run('redrive', '--all')
    await new Promise(setImmediate)
    const before = removed()
    confirmed.resolve([true, true, true])
    await redriving

    expect(before).toEqual([])
    expect(removed()).toEqual(['a', 'b', 'c'])
  })

  it('takes no letter away that its queue has not taken, and says 1', async () => {
    publish.mockResolvedValueOnce([true, false, true]).mockRejectedValue(new Error('not connected'))

    const { code, printed } = await run('redrive', '--all')

    expect(printed).toEqual([
      '2 messages went back to their queues',
      '1 message stays where it was: its queue did not take it.',
      'stock-reduction  b',
    ])
    expect(code).toBe(1)
    expect(removed()).toEqual(['a', 'c'])
  })

  it('tries each letter by itself when one of them has broken the channel for all', async () => {
    publish.mockImplementation(async (messages) =>
      messages.map(() => messages.length === 1 && `${messages[0]?.content}` !== 'body of a'),
    )

    const { code, printed } = await run('redrive', '--all')

    expect(printed.slice(2)).toEqual(['stock-reduction  a'])
    expect(code).toBe(1)
    expect(removed()).toEqual(['b', 'c'])
  })

  it('takes no letter away whose id another one has that its queue has not taken', async () => {
    Object.assign(letters, { 'stock-reduction': [letter('a'), letter('a')], 'order-settlement': [] })
    publish.mockResolvedValueOnce([false, true]).mockResolvedValue([false])

    const { printed } = await run('redrive', '--all')

    expect(printed[1]).toBe('2 messages stay where they were: their queues did not take them.')
    expect(removed()).toEqual([])
  })

  it('publishes thousands a few hundred at once', async () => {
    Object.assign(letters, { 'stock-reduction': Array.from({ length: 1200 }, (_, n) => letter(`${n}`)) })

    await run('redrive', '--all', '--queue', 'stock-reduction')

    expect(publish.mock.calls.map(([messages]) => messages.length)).toEqual([500, 500, 200])
    expect(removed()).toHaveLength(1200)
  })

  it('says what of a letter could not be published again', async () => {
    const foreign = letter('a')
    Object.assign(foreign.message.properties, { userId: 'eve', headers: { CC: ['other'], deep: Number.NaN } })
    Object.assign(letters, { 'stock-reduction': [foreign] })

    const { printed } = await run('redrive', 'a')

    expect(printed[1]).toBe('stock-reduction  a  without userId, CC, deep')
  })
})

describe('a letter that somebody has made to deceive', () => {
  const deceiving = '\u001b[2J\na\u0007\u202e'
  const seen = '\\u{1b}[2J\\na\\u{7}\\u{202e}'

  beforeEach(() => {
    const made = letter(deceiving)
    Object.assign(made, { type: deceiving, reason: deceiving, firstFailedAt: undefined, body: deceiving })
    Object.assign(made.message.properties, { type: deceiving, headers: { [deceiving]: deceiving } })
    Object.assign(letters, { 'stock-reduction': [made], 'order-settlement': [] })
  })

  it('is one line of the list, which does nothing to the terminal', async () => {
    const { printed } = await run('list')

    expect(printed.slice(1)).toEqual([
      `stock-reduction  ${seen}  ${seen}  -             ${seen}`,
      '1 dead letter',
    ])
  })

  it('is shown with everything that it has, which does nothing to the terminal', async () => {
    const { printed } = await run('show', '--all')
    const { output } = await run('show', '--all', '--json')

    expect(printed[1]).toBe(seen)
    for (const text of [...printed, output]) expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(JSON.parse(output).letters[0]).toMatchObject({ messageId: deceiving, body: deceiving })
  })

  it('is named as it is listed, or as it is', async () => {
    expect(await run('discard', seen)).toMatchObject({ code: 0 })
    expect(await run('discard', deceiving)).toMatchObject({ code: 0 })
  })

  it.each(['redrive', 'show', 'discard'])('is named in a line of its own by %s', async (command) => {
    const { printed } = await run(command, 'x\n')

    expect(printed).toEqual(['There is no dead letter x\\n.'])
  })
})

describe('dead-letters discard', () => {
  it('says so once they are gone, and not when they may still be there', async () => {
    removeDeadLetters.mockRejectedValue(new Error('Channel closed'))

    expect(await run('discard', 'b')).toMatchObject({ code: 1, printed: ['Channel closed'] })
  })

  it('says so, and 1, when there is nothing at all', async () => {
    Object.assign(letters, { 'stock-reduction': [], 'order-settlement': [] })

    expect(await run('discard', '--all')).toMatchObject({ code: 1, output: 'There are no dead letters.' })
  })

  it('finds a letter in the queue alone that is named', async () => {
    const { code, output } = await run('discard', 'c', '--queue', 'stock-reduction')

    expect({ code, output }).toEqual({ code: 1, output: 'There is no dead letter c.' })
  })
})

describe('dead-letters', () => {
  it.each([
    [[], 'Say what to do.'],
    [['toString', '--all'], 'There is no command toString.'],
    [['redrive'], 'redrive wants the ids of messages, or --all.'],
    [['discard', 'a', '--all'], 'discard wants the ids of messages, or --all.'],
    [['list', '--queue', 'other'], 'There is no queue other.'],
    [['list', '--loud'], expect.any(String)],
  ])('explains itself when it is told %j', async (args, complaint) => {
    const { code, printed } = await run(...args)

    const [first, usage] = (printed[0] as string).split('\n\n')
    expect(first).toEqual(complaint)
    expect(usage).toMatch(/^Looks after the messages/)
    expect(code).toBe(2)
    expect(openChannel).not.toHaveBeenCalled()
  })

  it.each([['-h'], ['list', '--help']])('explains itself to %s', async (...args) => {
    expect(await run(...args)).toMatchObject({ code: 0, output: expect.stringMatching(/^Looks after/) })
    expect(openChannel).not.toHaveBeenCalled()
  })

  it.each([['list'], ['discard', '--all'], ['burn']])('closes its connection after %s', async (...args) => {
    await run(...args)

    expect(shutDown).toHaveBeenCalledTimes(1)
  })
})

describe('dead-letters of a shop that keeps its broker in its process', () => {
  beforeEach(() => {
    delete process.env.RABBITMQ_URL
    askRunningShop.mockReset()
  })

  it('are dealt with by the function in the running shop', async () => {
    askRunningShop.mockResolvedValue({ exitCode: 1, lines: ['one', 'other'] })

    const result = await run('redrive', 'a', '--json')

    expect(result).toMatchObject({ code: 1, printed: ['one', 'other'] })
    expect(askRunningShop.mock.calls[0]?.slice(1, 3)).toEqual([
      'handleDeadLetters',
      { args: ['redrive', 'a', '--json'] },
    ])
    expect(openChannel).not.toHaveBeenCalled()
  })

  it('are gone when no shop runs, which is said in one line', async () => {
    askRunningShop.mockResolvedValue(undefined)

    const { code, printed } = await run('list')

    expect(code).toBe(1)
    expect(printed).toEqual([expect.stringMatching(/^RABBITMQ_URL is not set, and no shop runs [^\n]+$/)])
  })

  it('stay where they are when the function fails, which is said in one line', async () => {
    askRunningShop.mockResolvedValue({ errorType: 'Error', errorMessage: 'The broker is unavailable' })

    expect(await run('list')).toMatchObject({ code: 1, printed: ['The broker is unavailable'] })
  })
})
