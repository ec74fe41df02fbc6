import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { OutboxEvent, OutboxRow } from '@stockroom/database/outbox'
import { workUnderWay } from '@stockroom/runtime/before-freeze'
import { shutDown } from '@stockroom/runtime/shutdown'
import { Unavailable } from '@stockroom/runtime/unavailable'
import * as events from './events.ts'
import { orderConfirmed, orderCreated, productDeleted } from './events.ts'
import { isBound } from './topology.ts'

process.env.LOG_LEVEL = 'silent'
const steps: string[] = []
const transaction = jest.fn<(domain: string, work: (trx: never) => Promise<unknown>) => Promise<unknown>>()
const query = jest.fn<(trx: unknown, sql: string) => Promise<object[]>>()
const outboxChange = jest.fn<typeof import('@stockroom/database/outbox').outboxChange>()
const removeFromOutbox = jest.fn<typeof import('@stockroom/database/outbox').removeFromOutbox>()
const send = jest.fn<typeof import('./publisher.ts').send>()
const requireBroker = jest.fn<typeof import('./publisher.ts').requireBroker>()
jest.unstable_mockModule('@stockroom/database/query', () => ({ transaction, query }))
jest.unstable_mockModule('@stockroom/database/outbox', () => ({ outboxChange, removeFromOutbox }))
jest.unstable_mockModule('./publisher.ts', () => ({ send, requireBroker, confirmTimeoutMs: 5000 }))
const { commitWithOutbox, commitAndPublish, publishAfter, publishRows } = await import(
  './commit-and-publish.ts'
)

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const trx = { of: 'the test' } as never
const event = (orderId: number) =>
  orderCreated.of({
    orderId,
    productId: 7,
    quantity: 2,
    totalPrice: 3,
    timestamp: '2026-11-21T10:00:00.000Z',
  })
const commitOf = (...orderIds: number[]) =>
  commitWithOutbox('orders', async (_trx, record) => {
    for (const id of orderIds) record(event(id), `request-${id}`)
    return 'the result'
  })
const stored = () => outboxChange.mock.calls.map(([, { add }]) => add)
const removedWithAnother = () => outboxChange.mock.calls.flatMap(([, { remove }]) => remove)
/** Lets the broker answer so, and `true` to whatever else it gets. */
const brokerAnswers = (...answers: boolean[]) =>
  send.mockImplementation(async (messages) => messages.map(async (_, index) => answers[index] ?? true))
/** Lets the broker be silent until the function that it returns is called. */
const silenceBroker = () => {
  const { promise, resolve: speak } = Promise.withResolvers<boolean[]>()
  send.mockImplementation(async (messages) =>
    messages.map(async (_, index) => (await promise)[index] as boolean),
  )
  endSilence = () => speak([true])
  return speak
}
let endSilence = () => {}
const settled = async (promise: Promise<unknown>) => {
  let isSettled = false
  promise.finally(() => {
    isSettled = true
  })
  await jest.advanceTimersByTimeAsync(0)
  return isSettled
}

/** Whether an invocation that ends now would have to wait for nothing. */
const isEverythingDone = async () => {
  await jest.advanceTimersByTimeAsync(0)
  return workUnderWay() === undefined
}

/** From now on the process is one of Lambda's. */
const onLambda = () => {
  process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
}

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-11-21T10:00:00.900Z') })
  steps.length = 0
  transaction.mockReset().mockImplementation(async (_domain, work) => {
    const result = await work(trx)
    steps.push('commit')
    return result
  })
  outboxChange.mockReset().mockReturnValue([{ sql: 'change the outbox' }])
  query.mockReset().mockImplementation(async (session, sql) => {
    steps.push(session === trx && sql === 'change the outbox' ? 'store' : 'something else')
    return []
  })
  requireBroker.mockReset().mockResolvedValue()
  send.mockReset().mockImplementation(async (messages) => {
    steps.push('publish')
    return messages.map(async () => true)
  })
  removeFromOutbox.mockReset().mockImplementation(async () => {
    steps.push('remove')
  })
})

afterEach(async () => {
  endSilence() // so that nothing is under way in the next test, and the broker is slow no longer
  await jest.advanceTimersByTimeAsync(100)
  delete process.env.AWS_LAMBDA_RUNTIME_API
  jest.useRealTimers()
})

describe('what follows a commit', () => {
  it.each([
    ['with the outbox', () => commitOf(1)],
    ['without it', () => commitAndPublish(async (record) => record(event(1), 'request-1'))],
  ])('waits for the broker on Lambda, no longer than a moment: %s', async (_, commit) => {
    onLambda()
    silenceBroker()

    await commit()
    const early = await isEverythingDone()
    await jest.advanceTimersByTimeAsync(250)

    expect(early).toBe(false)
    expect(await isEverythingDone()).toBe(true)
  })
})

describe('commitWithOutbox', () => {
  it('stores events in the transaction, publishes them after the commit, removes them when confirmed', async () => {
    const result = await commitOf(1)
    await jest.advanceTimersByTimeAsync(100)

    expect(result).toBe('the result')
    expect(steps).toEqual(['store', 'commit', 'publish', 'remove'])
  })

  it.each([
    ['order.confirmed:7', orderConfirmed.of({ orderId: 7, productId: 1, quantity: 1, timestamp: '' })],
    ['product.deleted:7:3', productDeleted.of({ id: 7 }, 3)],
  ])(
    'calls a message by what it says, so that it is the same when it is told again: %s',
    async (messageId, told) => {
      await commitWithOutbox('orders', async (_trx, record) => {
        record(told, undefined)
        record(told, undefined)
      })

      expect(stored()[0]?.events.map((one) => one.messageId)).toEqual([messageId, messageId])
    },
  )

  it('stores the events of a commit in one row, each with its correlation id and its place in a trace', async () => {
    await commitWithOutbox('products', async (_trx, record) => {
      record(productDeleted.of({ id: 7 }, 3), 'r1', trace)
      record(productDeleted.of({ id: 8 }, 3), undefined)
    })

    const one = (id: number, correlationId: string | null, traceparent: string | null) => ({
      messageId: `product.deleted:${id}:3`,
      name: 'product.deleted',
      body: { id },
      correlationId,
      traceparent,
      createdAt: '2026-11-21T10:00:00.900Z',
    })
    const id = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(transaction.mock.calls.map(([domain]) => domain)).toEqual(['products'])
    expect(outboxChange.mock.calls).toEqual([
      ['products', { add: { id, events: [one(7, 'r1', trace), one(8, null, null)] }, remove: [] }],
    ])
  })

  it('resolves after the commit, before the broker has answered', async () => {
    silenceBroker()

    const result = await commitOf(1)

    expect(result).toBe('the result')
    expect(steps).toEqual(['store', 'commit'])
  })

  it('waits for nothing where the process goes on after its answer', async () => {
    silenceBroker()

    await commitOf(1)

    expect(await isEverythingDone()).toBe(true)
  })

  it('waits for nothing after a wait in vain, until the broker has taken an event', async () => {
    onLambda()
    const confirm = silenceBroker()
    await commitOf(1)
    await jest.advanceTimersByTimeAsync(250)

    await commitOf(2)
    const whileSlow = await isEverythingDone()
    confirm([true])
    await jest.advanceTimersByTimeAsync(0)
    silenceBroker()
    await commitOf(3)
    const afterwards = await isEverythingDone()

    expect({ whileSlow, afterwards }).toEqual({ whileSlow: true, afterwards: false })
  })

  it('waits for nothing while the broker answers in time, but confirms nothing', async () => {
    onLambda()
    const confirm = silenceBroker()
    await commitOf(1)
    await jest.advanceTimersByTimeAsync(250)
    confirm([false])
    await jest.advanceTimersByTimeAsync(0)

    silenceBroker()
    await commitOf(2)
    const later = await isEverythingDone()

    expect(later).toBe(true)
  })

  it('waits on Lambda until the events are out of the outbox', async () => {
    onLambda()
    let remove = () => {}
    removeFromOutbox.mockReturnValue(
      new Promise((resolve) => {
        remove = resolve
      }),
    )

    await commitOf(1)
    const early = await isEverythingDone()
    remove()

    expect(early).toBe(false)
    expect(await isEverythingDone()).toBe(true)
  })

  it.each([
    [[true, true, true], 1],
    [[true, false, true], 0],
  ])('keeps a row for the sweep until all of its events are confirmed: %j', async (answers, removed) => {
    brokerAnswers(...answers)

    await commitOf(1, 2, 3)
    await jest.advanceTimersByTimeAsync(100)

    expect(removeFromOutbox).toHaveBeenCalledTimes(removed)
  })

  it('removes them with the next commit of their domain, which costs none of its own', async () => {
    await commitOf(1, 2)
    await jest.advanceTimersByTimeAsync(0)
    const confirmed = stored().map(({ id }) => id)

    await commitOf(3)

    expect(removedWithAnother()).toEqual(confirmed)
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })

  it('removes them later when that commit fails', async () => {
    await commitOf(1)
    await jest.advanceTimersByTimeAsync(0)
    transaction.mockRejectedValueOnce(new Error('refused'))

    await expect(commitOf(2)).rejects.toThrow('refused')
    await jest.advanceTimersByTimeAsync(100)

    expect(removeFromOutbox.mock.calls).toEqual([['orders', 'orders', [stored()[0]?.id]]])
  })

  it('keeps every event, and does not fail, while the broker is away', async () => {
    send.mockRejectedValue(new Unavailable('broker', 'not connected'))

    await commitOf(1)
    await jest.advanceTimersByTimeAsync(100)

    expect(await isEverythingDone()).toBe(true)
    expect(removeFromOutbox).not.toHaveBeenCalled()
  })

  it('does not fail when confirmed events cannot be removed', async () => {
    onLambda()
    removeFromOutbox.mockRejectedValue(new Unavailable('database', 'connection refused'))

    await commitOf(1)

    expect(await isEverythingDone()).toBe(true)
  })

  it.each([
    ['the work', () => commitWithOutbox('orders', () => Promise.reject(new Error('refused')))],
    [
      'the outbox',
      () => {
        query.mockRejectedValue(new Error('refused'))
        return commitOf(1)
      },
    ],
    [
      'the commit',
      () => {
        transaction.mockRejectedValue(new Error('refused'))
        return commitOf(1)
      },
    ],
  ])('publishes nothing when %s fails', async (_, fail) => {
    await expect(fail()).rejects.toThrow('refused')

    expect(send).not.toHaveBeenCalled()
  })

  it('does not bother the broker when nothing was told', async () => {
    await commitOf()

    expect(send).not.toHaveBeenCalled()
  })

  it('lets a shutdown wait for events that are under way', async () => {
    const confirm = silenceBroker()
    await commitOf(1)

    const shutdown = shutDown()
    const early = await settled(shutdown)
    confirm([true])
    await shutdown

    expect(early).toBe(false)
    expect(removeFromOutbox).toHaveBeenCalledTimes(1)
  })
})

describe('publishRows', () => {
  const outboxEvent = (changes: Partial<OutboxEvent> = {}): OutboxEvent => ({
    messageId: 'order.created:1',
    name: 'order.created',
    body: { orderId: 1 },
    correlationId: 'r1',
    traceparent: null,
    createdAt: '2026-11-21T10:00:00.900Z',
    ...changes,
  })
  const publishEvent = (event: OutboxEvent) => publishRows('orders', [{ id: 'a', events: [event] }])

  it('publishes an event with all its properties', async () => {
    await publishEvent(outboxEvent())

    expect(send.mock.calls).toEqual([
      [
        [
          {
            exchange: 'shop.events',
            routingKey: 'order.created',
            content: Buffer.from('{"orderId":1}'),
            options: {
              messageId: 'order.created:1',
              type: 'order.created',
              timestamp: Date.UTC(2026, 10, 21, 10) / 1000,
              correlationId: 'r1',
              appId: 'stockroom',
              contentType: 'application/json',
              headers: { 'schema-version': 1 },
              persistent: true,
              mandatory: true,
            },
          },
        ],
      ],
    ])
  })

  const names = Object.values(events).flatMap((value) =>
    typeof value === 'object' && 'of' in value ? [value.name] : [],
  )

  it.each(names)('publishes %s as mandatory when a queue wants it', async (name) => {
    await publishEvent(outboxEvent({ name, correlationId: null }))

    expect(send.mock.calls[0]?.[0][0]?.options).toMatchObject({
      mandatory: isBound(name),
      correlationId: undefined,
    })
  })

  it('carries the trace of an event in a header', async () => {
    await publishEvent(outboxEvent({ traceparent: trace }))

    expect(send.mock.calls[0]?.[0][0]?.options.headers).toEqual({
      'schema-version': 1,
      traceparent: trace,
    })
  })

  it('says of which rows the broker has confirmed every event', async () => {
    brokerAnswers(true, false, true, true)
    const row = (id: string, ...orderIds: number[]): OutboxRow => ({
      id,
      events: orderIds.map((orderId) => outboxEvent({ messageId: `order.created:${orderId}` })),
    })

    expect(await publishRows('orders', [row('a', 1, 2), row('b', 3, 4)])).toEqual(['b'])
  })
})

describe('an event that the broker answers late', () => {
  /** Waits as long as whoever publishes an event waits for the broker. */
  const passTime = () => jest.advanceTimersByTimeAsync(5000)

  it('is not sent again while its answer is missing', async () => {
    silenceBroker()
    await commitOf(1)
    await passTime()

    const sweep = publishRows('orders', stored())
    await passTime()

    expect(await sweep).toEqual([])
    expect(send.mock.calls.flatMap(([messages]) => messages)).toHaveLength(1)
  })

  it('leaves the outbox when it is confirmed at last, though nobody waits for it any more', async () => {
    const confirm = silenceBroker()
    await commitOf(1)
    await passTime()

    confirm([true])
    await jest.advanceTimersByTimeAsync(100)

    expect(removeFromOutbox.mock.calls).toEqual([['orders', 'orders', [stored()[0]?.id]]])
  })

  it('is confirmed to the sweep that has joined the wait', async () => {
    const confirm = silenceBroker()
    await commitOf(1)
    await passTime()
    const sweep = publishRows('orders', stored())

    confirm([true])

    expect(await sweep).toEqual([stored()[0]?.id])
  })

  it('is sent again once the broker has not taken it', async () => {
    const confirm = silenceBroker()
    await commitOf(1)
    await passTime()
    confirm([false])
    await jest.advanceTimersByTimeAsync(0)
    brokerAnswers(true)

    expect(await publishRows('orders', stored())).toEqual([stored()[0]?.id])
  })

  it('is sent with others that wait for nothing, each answer its own', async () => {
    silenceBroker()
    await commitOf(1)
    await passTime()
    brokerAnswers(true, false)
    const [waiting] = stored() as [OutboxRow]
    const [first, second] = ['b', 'c'].map((id) => ({
      id,
      events: waiting.events.map((one) => ({ ...one, messageId: id })),
    }))

    const sweep = publishRows('orders', [first, waiting, second] as OutboxRow[])
    await passTime()

    expect(await sweep).toEqual(['b'])
  })
})

describe('commitAndPublish', () => {
  const publishOf = (...orderIds: number[]) =>
    commitAndPublish(async (record) => {
      steps.push('commit')
      for (const id of orderIds) record(event(id), `request-${id}`, trace)
      return 'the result'
    })

  it('publishes after the commit what was told, with no outbox, and waits for nothing', async () => {
    silenceBroker()

    const result = await publishOf(1, 2)

    expect(result).toBe('the result')
    expect(await isEverythingDone()).toBe(true)
    expect(send.mock.calls.flatMap(([messages]) => messages).map(({ options }) => options)).toMatchObject([
      { type: 'order.created', correlationId: 'request-1', mandatory: true },
      { type: 'order.created', correlationId: 'request-2' },
    ])
    expect([outboxChange.mock.calls, removeFromOutbox.mock.calls]).toEqual([[], []])
  })

  it('is done while the broker is away: what was committed has it told again', async () => {
    send.mockRejectedValue(new Unavailable('broker', 'not connected'))

    await publishOf(1)

    expect(await isEverythingDone()).toBe(true)
  })

  it('publishes nothing when the commit fails', async () => {
    await expect(commitAndPublish(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')

    expect(send).not.toHaveBeenCalled()
  })
})

describe('publishAfter', () => {
  const publishOf = (...orderIds: number[]) =>
    publishAfter(async (record) => {
      steps.push('commit')
      for (const id of orderIds) record(event(id), `request-${id}`, trace)
      return 'the result'
    })

  it('publishes after the commit what was told, and waits for the broker', async () => {
    const confirm = silenceBroker()

    const outcome = publishOf(1)
    const early = await settled(outcome)
    confirm([true])

    expect(early).toBe(false)
    expect(await outcome).toBe('the result')
  })

  it('does not begin while the broker takes no messages', async () => {
    requireBroker.mockRejectedValue(new Unavailable('broker', 'blocked'))

    await expect(publishOf(1)).rejects.toThrow('The broker is unavailable: blocked')
    expect(steps).toEqual([])
  })

  it('is done when the broker confirms nothing in time: what was committed has it told again', async () => {
    silenceBroker()

    const outcome = publishOf(1)
    await jest.advanceTimersByTimeAsync(5000)

    expect(await outcome).toBe('the result')
  })
})
