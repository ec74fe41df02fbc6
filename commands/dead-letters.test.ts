import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'

const openChannel = jest.fn<() => Promise<object>>()
const removeDeadLetters = jest.fn<() => Promise<void>>()
const requireServices = jest.fn<() => Promise<void>>()
const shutDown = jest.fn<() => Promise<void>>()
const askRunningShop = jest.fn<typeof import('./running-shop.ts').askRunningShop>()
jest.unstable_mockModule('@stockroom/messaging/broker-connection', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/messaging/read-dead-letters', () => ({
  takeDeadLetters: async (_: object, queue: string) => letters.filter((one) => one.queue === queue),
  removeDeadLetters,
  sourceQueues: ['stock-reduction', 'order-settlement'],
}))
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({
  publish: async (messages: { content: Buffer }[]) =>
    messages.map(({ content }) => `${content}` !== 'body of a'),
}))
jest.unstable_mockModule('@stockroom/runtime/shutdown', () => ({ shutDown }))
jest.unstable_mockModule('../local/settings/environment-file.ts', () => ({ loadEnvironment: () => {} }))
jest.unstable_mockModule('./running-shop.ts', () => ({ askRunningShop }))
jest.unstable_mockModule('../local/settings/reachability.ts', () => ({ requireServices }))
const { main } = await import('./dead-letters.ts')

const facts = (messageId: string, queue = 'stock-reduction') => ({
  ...{ queue, messageId, type: 'order.created', reason: 'not JSON' },
  ...{ firstFailedAt: '2026-11-21T10:00:00.000Z', attempts: 3 },
})
const letter = (messageId: string, queue?: string): DeadLetter => {
  const body = `body of ${messageId}`
  const properties = { messageId, correlationId: 'request-1' }
  return {
    ...{ ...facts(messageId, queue), body },
    message: { content: Buffer.from(body), fields: {}, properties } as never,
  }
}
/** What its queue will not take again; another; and one of the other queue. */
let letters: DeadLetter[]

const run = async (...args: string[]) => {
  const printed: string[] = []
  const code = await main(args, (line) => printed.push(line))
  return { code, printed }
}
const json = async (...args: string[]) => {
  const { code, printed } = await run(...args, '--json')
  return [code, JSON.parse(printed.join('\n'))]
}

beforeEach(() => {
  process.env.RABBITMQ_URL = 'amqp://broker'
  letters = [letter('a'), letter('b'), letter('c', 'order-settlement')]
  removeDeadLetters.mockReset().mockResolvedValue()
  openChannel.mockReset().mockResolvedValue({})
  requireServices.mockReset().mockResolvedValue()
  shutDown.mockReset().mockResolvedValue()
})

// What it does with the letters of a broker: tests/integration/rabbitmq/dead-letters-command.test.ts.
describe('dead-letters', () => {
  it('tells people which letters stay', async () => {
    expect(await run('redrive', '--all')).toEqual({
      code: 1,
      printed: [
        '2 messages went back to their queues',
        '1 message stays where it was: its queue did not take it.',
        'stock-reduction  a',
      ],
    })
  })

  it.each([
    ['there are none to list', 'list --queue order-settlement', 0, '0 dead letters'],
    ['there is nothing at all', 'discard --all --queue order-settlement', 1, 'There are no dead letters.'],
    ['it is in another queue', 'discard a --queue order-settlement', 1, 'There is no dead letter a.'],
    ['its id is none', 'show \u0007', 1, 'There is no dead letter \\u{7}.'],
  ])('says so in one line when %s', async (_, line, code, said) => {
    letters = [letter('a')]

    expect(await run(...line.split(' '))).toEqual({ code, printed: [said] })
  })

  it('says that letters are gone once they are, and not when they may still be there', async () => {
    removeDeadLetters.mockRejectedValue(new Error('Channel closed'))

    expect(await run('discard', 'b')).toEqual({ code: 1, printed: ['Channel closed'] })
  })

  it.each([
    [[], 'Say what to do.'],
    [['toString', '--all'], 'There is no command toString.'],
    [['redrive'], 'redrive wants the ids of messages, or --all.'],
    [['discard', 'a', '--all'], 'discard wants the ids of messages, or --all.'],
    [['list', '--queue', 'other'], 'There is no queue other.'],
    [['list', '--loud'], expect.any(String)],
  ])('explains itself when it is told %j', async (args, complaint) => {
    const { code, printed } = await run(...args)

    const [first, usage] = printed[0]?.split('\n\n') ?? []
    expect([code, first]).toEqual([2, complaint])
    expect(usage).toMatch(/^Looks after the messages/)
    expect(openChannel).not.toHaveBeenCalled()
  })

  it.each([['-h'], ['list', '--help']])('explains itself to %s', async (...args) => {
    expect(await run(...args)).toEqual({ code: 0, printed: [expect.stringMatching(/^Looks after/)] })
    expect(openChannel).not.toHaveBeenCalled()
  })

  it.each([['list'], ['discard', '--all'], ['burn']])('closes its connection after %s', async (...args) => {
    await run(...args)

    expect(shutDown).toHaveBeenCalledTimes(1)
  })
})

describe('--json', () => {
  it('lists letters with whole ids, and shows properties and body, too', async () => {
    const id = '0d3f6c1e-5b7a-4f57-9d0c-1c9f8a7b6d5e'
    letters = [letter(id)]

    expect(await json('list')).toEqual([0, { problems: [], letters: [facts(id)] }])
    const properties = { messageId: id, correlationId: 'request-1' }
    const shown = { ...facts(id), body: `body of ${id}`, properties }
    expect(await json('show', id)).toEqual([0, { problems: [], letters: [shown] }])
  })

  it('tells which letters went back, which stay, and which are not there', async () => {
    const problems = ['There is no dead letter z.']
    const redriven = [{ queue: 'order-settlement', messageId: 'c', without: [] }]
    const stayed = [{ queue: 'stock-reduction', messageId: 'a' }]

    expect(await json('redrive', 'a', 'c', 'z')).toEqual([1, { problems, redriven, stayed }])
  })

  it('tells which letters are discarded', async () => {
    const discarded = [{ queue: 'stock-reduction', messageId: 'b' }]

    expect(await json('discard', 'b')).toEqual([0, { problems: [], discarded }])
  })

  it('is a document as well when something fails', async () => {
    requireServices.mockRejectedValue(new Error('no broker'))

    expect(await json('list')).toEqual([1, { error: 'no broker' }])
  })

  it('does nothing to the terminal, whatever somebody has written into a letter', async () => {
    const deceiving = '\u001b[2J\na\u0007\u202e'
    letters = [letter(deceiving)]

    const { printed } = await run('show', '--all', '--json')

    expect(printed[0]).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
    expect(JSON.parse(printed[0] ?? '').letters[0]).toMatchObject({ messageId: deceiving })
  })
})

describe('dead-letters of a shop that keeps its broker in its process', () => {
  beforeEach(() => {
    delete process.env.RABBITMQ_URL
    askRunningShop.mockReset()
  })

  it('are dealt with by the function in the running shop', async () => {
    askRunningShop.mockResolvedValue({ exitCode: 1, lines: ['one', 'other'] })

    expect(await run('redrive', 'a', '--json')).toEqual({ code: 1, printed: ['one', 'other'] })
    expect(askRunningShop.mock.calls[0]?.slice(1, 3)).toEqual([
      'handleDeadLetters',
      { args: ['redrive', 'a', '--json'] },
    ])
    expect(openChannel).not.toHaveBeenCalled()
  })

  it.each([
    ['are gone when no shop runs', undefined, /^RABBITMQ_URL is not set, and no shop runs [^\n]+$/],
    ['stay where they are when the function fails', { errorMessage: 'It is away' }, /^It is away$/],
  ])('%s, which is said in one line', async (_, answer, line) => {
    askRunningShop.mockResolvedValue(answer)

    expect(await run('list')).toEqual({ code: 1, printed: [expect.stringMatching(line)] })
  })
})
