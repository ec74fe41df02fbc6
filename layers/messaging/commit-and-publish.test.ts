import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { OutboxRow } from '@stockroom/database/outbox'
import { workUnderWay } from '@stockroom/runtime/before-freeze'
import { shutDown } from '@stockroom/runtime/shutdown'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { orderConfirmed, productDeleted } from './events.ts'

process.env.LOG_LEVEL = 'silent'
/** What each commit has changed in the outbox. */
const changes: { add: OutboxRow; remove: readonly string[] }[] = []
const outboxChange = (_domain: string, change: (typeof changes)[number]) => void changes.push(change)
const removeFromOutbox = jest.fn<typeof import('@stockroom/database/outbox').removeFromOutbox>()
const send = jest.fn<typeof import('./publisher.ts').send>()
jest.unstable_mockModule('@stockroom/database/outbox', () => ({ outboxChange, removeFromOutbox }))
const requireBroker = jest.fn(async () => {})
jest.unstable_mockModule('./publisher.ts', () => ({ send, requireBroker, confirmTimeoutMs: 5000 }))
const { commitStatementsWithOutbox, commitAndPublish, publishAfter, publishRows } = await import(
  './commit-and-publish.ts'
)

const event = (orderId: number) =>
  orderConfirmed.of({ orderId, productId: 7, quantity: 2, timestamp: '2026-11-21T10:00:00.000Z' })
const commitOf = (...orderIds: number[]) =>
  commitStatementsWithOutbox('orders', async (outbox) => {
    for (const id of orderIds) outbox.record(event(id), undefined)
    outbox.changes()
    return 'the result'
  })
const publishOf = (orderId: number, publish = commitAndPublish) =>
  publish(async (record) => {
    record(event(orderId), undefined)
    return 'the result'
  })
const stored = () => changes.map(({ add }) => add)
const sent = () => send.mock.calls.flatMap(([messages]) => messages)

/** Lets the broker answer so, and `true` to whatever else it gets. */
const brokerAnswers = (...answers: boolean[]) =>
  send.mockImplementation(async (messages) => messages.map(async (_, index) => answers[index] ?? true))
/** Lets the broker be silent until the function that it returns is called. */
const silenceBroker = () => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  send.mockImplementation(async (messages) => messages.map(() => promise))
  endSilence = () => resolve(true)
  return resolve
}
let endSilence = () => {}

const nextTurn = () => jest.advanceTimersByTimeAsync(0)
/** Waits as long as a commit waits for the broker on Lambda. */
const passMoment = () => jest.advanceTimersByTimeAsync(250)
/** Waits as long as whoever publishes an event waits for the broker. */
const passTime = () => jest.advanceTimersByTimeAsync(5000)

/** Whether an invocation that ends now would have to wait for nothing. */
const isEverythingDone = async () => {
  await nextTurn()
  return workUnderWay() === undefined
}
const isSettled = async (promise: Promise<unknown>) => {
  let settled = false
  promise.finally(() => {
    settled = true
  })
  await nextTurn()
  return settled
}

/** From now on the process is one of Lambda's. */
const onLambda = () => {
  process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
}

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-11-21T10:00:00.900Z') })
  changes.length = 0
  removeFromOutbox.mockReset().mockResolvedValue()
  send.mockReset()
  brokerAnswers()
})

afterEach(async () => {
  endSilence() // so that nothing is under way in the next test, and the broker is slow no longer
  await jest.advanceTimersByTimeAsync(100)
  delete process.env.AWS_LAMBDA_RUNTIME_API
  jest.useRealTimers()
})

describe('a commit', () => {
  it('resolves before the broker has answered, and the process goes on behind it', async () => {
    silenceBroker()

    expect(await publishOf(1)).toBe('the result')
    expect(await isEverythingDone()).toBe(true)
  })

  it('waits for the broker on Lambda, no longer than a moment', async () => {
    onLambda()
    silenceBroker()

    await publishOf(1)
    const early = await isEverythingDone()
    await passMoment()

    expect(early).toBe(false)
    expect(await isEverythingDone()).toBe(true)
  })

  it.each([
    ['with the outbox', () => commitOf(1)],
    ['without it', () => publishOf(1)],
  ])('%s does not fail while the broker is away', async (_, commit) => {
    send.mockRejectedValue(new Unavailable('broker', 'not connected'))

    expect(await commit()).toBe('the result')
    await jest.advanceTimersByTimeAsync(100)

    expect(await isEverythingDone()).toBe(true)
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })

  it('publishes nothing when it fails, and does not bother the broker when nothing was recorded', async () => {
    await expect(commitAndPublish(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    await commitAndPublish(async () => {})

    expect(send).not.toHaveBeenCalled()
  })
})

describe('commitStatementsWithOutbox', () => {
  it('calls an event of a product by its version, too, and says when it was told', async () => {
    await commitStatementsWithOutbox('products', async ({ record, changes }) => {
      record(productDeleted.of({ id: 7 }, 3), 'r1')
      changes()
    })

    const told = { messageId: 'product.deleted:7:3', createdAt: '2026-11-21T10:00:00.900Z' }
    expect(stored()).toMatchObject([{ events: [told] }])
  })

  it.each([
    ['until the broker has taken an event', true],
    ['while it answers in time, but takes nothing', false],
  ])('waits for nothing after a wait in vain, %s', async (_, isTaken) => {
    onLambda()
    const answer = silenceBroker()
    await commitOf(1)
    await passMoment()
    await commitOf(2)
    const whileSlow = await isEverythingDone()

    answer(isTaken)
    await nextTurn()
    silenceBroker()
    await commitOf(3)

    expect({ whileSlow, afterwards: await isEverythingDone() }).toEqual({
      whileSlow: true,
      afterwards: !isTaken,
    })
  })

  it('waits on Lambda until the events are out of the outbox', async () => {
    onLambda()
    const { promise, resolve: remove } = Promise.withResolvers<void>()
    removeFromOutbox.mockReturnValue(promise)

    await commitOf(1)
    const early = await isEverythingDone()
    remove()

    expect(early).toBe(false)
    expect(await isEverythingDone()).toBe(true)
  })

  it('removes confirmed rows with the next commit of their domain, which costs none of its own', async () => {
    await commitOf(1, 2)
    await nextTurn()

    await commitOf(3)

    expect(changes[1]?.remove).toEqual([stored()[0]?.id])
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })

  it('removes them after a moment where that commit fails, or none comes', async () => {
    await commitOf(1)
    await nextTurn()

    await commitStatementsWithOutbox('orders', () => Promise.reject(new Error('refused'))).catch(() => {})
    await jest.advanceTimersByTimeAsync(100)

    expect(removeFromOutbox.mock.calls).toEqual([['orders', 'orders', [stored()[0]?.id]]])
  })

  it('does not fail when confirmed events cannot be removed', async () => {
    onLambda()
    removeFromOutbox.mockRejectedValue(new Unavailable('database', 'connection refused'))

    await commitOf(1)

    expect(await isEverythingDone()).toBe(true)
  })

  it('lets a shutdown wait for events that are under way', async () => {
    const confirm = silenceBroker()
    await commitOf(1)

    const shutdown = shutDown()
    const early = await isSettled(shutdown)
    confirm(true)
    await shutdown

    expect(early).toBe(false)
    expect(removeFromOutbox).toHaveBeenCalledTimes(1)
  })
})

describe('an event that the broker answers late', () => {
  let answer: (isTaken: boolean) => void

  beforeEach(async () => {
    answer = silenceBroker()
    await commitOf(1)
    await passTime()
  })

  it('is not sent again while its answer is missing, but confirmed to the sweep that waits for it then', async () => {
    const early = publishRows('orders', stored())
    await passTime()
    const sweep = publishRows('orders', stored())
    answer(true)

    expect(await early).toEqual([])
    expect(await sweep).toEqual([stored()[0]?.id])
    expect(sent()).toHaveLength(1)
  })

  it('leaves the outbox when it is confirmed at last, though nobody waits for it any more', async () => {
    answer(true)
    await jest.advanceTimersByTimeAsync(100)

    expect(removeFromOutbox.mock.calls).toEqual([['orders', 'orders', [stored()[0]?.id]]])
  })

  it('is sent again once the broker has not taken it', async () => {
    answer(false)
    await nextTurn()
    brokerAnswers(true)

    expect(await publishRows('orders', stored())).toEqual([stored()[0]?.id])
  })

  it('is sent with others that wait for nothing, each answer its own', async () => {
    brokerAnswers(true, false, true)
    const [waiting] = stored() as [OutboxRow]
    const row = (id: string, ...messageIds: string[]): OutboxRow => ({
      id,
      events: messageIds.map((messageId) => ({ ...waiting.events[0], messageId })) as OutboxRow['events'],
    })

    const sweep = publishRows('orders', [row('b', 'b1'), waiting, row('c', 'c1', 'c2')])
    await passTime()

    expect(await sweep).toEqual(['b'])
  })
})

describe('publishAfter', () => {
  it.each<[string, () => unknown]>([
    ['until the broker has confirmed', () => endSilence()],
    ['five seconds at most: what was committed has it told again', passTime],
  ])('waits %s', async (_, pass) => {
    silenceBroker()
    const outcome = publishOf(1, publishAfter)
    const early = await isSettled(outcome)

    await pass()

    expect(early).toBe(false)
    expect(await outcome).toBe('the result')
  })

  it('does not begin while the broker takes no messages', async () => {
    requireBroker.mockRejectedValueOnce(new Unavailable('broker', 'blocked'))
    const commit = jest.fn(async () => {})

    await expect(publishAfter(commit)).rejects.toThrow('The broker is unavailable: blocked')
    expect(commit).not.toHaveBeenCalled()
  })
})
