import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { failedBatches } from '@stockroom/telemetry/shop-metrics'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { rmqEvent } from '../../tests/support/rmq-event.ts'
import { stockReduced, stockRejected } from './events.ts'

process.env.LOG_LEVEL = 'silent'
const publish = jest.fn<typeof import('./publisher.ts').publish>()
jest.unstable_mockModule('./publisher.ts', () => ({ publish }))
const { consumer } = await import('./consumer.ts')

type Handle = Parameters<typeof consumer<[typeof stockReduced, typeof stockRejected]>>[1]
const handle = jest.fn<Handle>()
const handler = consumer([stockReduced, stockRejected], handle)
const reduced = (orderId: number) => ({
  type: 'stock.reduced',
  messageId: `m${orderId}`,
  body: { orderId, productId: 7, quantity: 2, timestamp: '2026-11-21T10:00:00.000Z' },
})
const poison = { type: 'stock.reduced', messageId: 'poison', text: 'not JSON' }
const consume = (...messages: object[]) =>
  handler(rmqEvent({ queue: 'order-settlement', messages }), lambdaContext())
const published = () => publish.mock.calls.flatMap(([messages]) => messages)
const handled = () => handle.mock.calls.map(([{ messages }]) => messages.map(({ body }) => body.orderId))

beforeEach(() => {
  handle.mockReset().mockResolvedValue(undefined)
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('a consumer', () => {
  it('hands over all healthy messages at once, in the order of delivery', async () => {
    await consume(reduced(3), reduced(1), reduced(2))

    expect(handled()).toEqual([[3, 1, 2]])
    expect(publish).not.toHaveBeenCalled()
  })

  it('hands over the messages of every queue of the event', async () => {
    const one = rmqEvent({ queue: 'one', messages: [reduced(1)] })
    const other = rmqEvent({ queue: 'other', messages: [reduced(2)] })
    const rmqMessagesByQueue = { ...one.rmqMessagesByQueue, ...other.rmqMessagesByQueue }

    await handler({ ...one, rmqMessagesByQueue }, lambdaContext())

    expect(handled()).toEqual([[1, 2]])
  })

  it('lets healthy messages proceed beside poison ones, which go to the dead letters of their queue', async () => {
    await consume(reduced(1), poison, reduced(2), { ...reduced(3), headers: { 'schema-version': 9 } })

    expect(handled()).toEqual([[1, 2]])
    expect(publish.mock.calls).toEqual([
      [
        [
          expect.objectContaining({
            routingKey: 'order-settlement.dead',
            options: expect.objectContaining({
              messageId: 'poison',
              headers: expect.objectContaining({ 'x-dead-letter-reason': 'not JSON' }),
            }),
          }),
          expect.objectContaining({
            options: expect.objectContaining({
              messageId: 'm3',
              headers: expect.objectContaining({ 'x-dead-letter-reason': 'unknown schema-version 9' }),
            }),
          }),
        ],
      ],
    ])
  })

  it('does not call the handler when nothing healthy is left', async () => {
    await consume(poison)

    expect(handle).not.toHaveBeenCalled()
  })

  it('returns the batch when the dead letters are not confirmed', async () => {
    publish.mockResolvedValue([true, false])

    const outcome = consume(poison, reduced(1), poison)

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
  })

  it('leaves one dead letter of a poison message, however often its batch comes again', async () => {
    handle.mockRejectedValueOnce(new Unavailable('database', 'connection refused'))

    await consume(poison, reduced(1)).catch(() => {})
    await consume(poison, reduced(1))

    expect(published()).toHaveLength(1)
  })

  it('sends what the handler refuses to the dead letters, with its reason', async () => {
    handle.mockImplementation(async ({ messages }) => ({
      refused: messages.slice(0, 1).map((message) => ({ message, reason: 'not this order' })),
    }))

    await consume(reduced(1), reduced(2))

    expect(published()).toEqual([
      expect.objectContaining({
        routingKey: 'order-settlement.dead',
        options: expect.objectContaining({
          messageId: 'm1',
          headers: expect.objectContaining({ 'x-dead-letter-reason': 'not this order' }),
        }),
      }),
    ])
  })

  it('puts what the handler defers to the end of its queue, as it was', async () => {
    handle.mockImplementation(async ({ messages }) => ({ deferred: messages.slice(1) }))

    await consume(reduced(1), reduced(2))

    expect(published()).toEqual([
      {
        exchange: '',
        routingKey: 'order-settlement',
        content: Buffer.from(JSON.stringify(reduced(2).body)),
        options: expect.objectContaining({
          messageId: 'm2',
          type: 'stock.reduced',
          headers: { 'schema-version': 1 },
          persistent: true,
          mandatory: true,
        }),
      },
    ])
  })

  it('returns the batch when the broker is away for the dead letters', async () => {
    publish.mockRejectedValue(new Unavailable('broker', 'not connected'))

    await expect(consume(poison)).rejects.toMatchObject({ name: 'Unavailable' })
  })

  it('returns the batch with the error of the handler', async () => {
    handle.mockRejectedValue(new Unavailable('database', 'connection refused'))

    await expect(consume(reduced(1))).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
  })

  it.each([
    ['what its handler fails with', () => handle.mockRejectedValue(new Error('no'))],
    ['a dead letter that is not confirmed', () => publish.mockResolvedValue([false])],
  ])('counts a batch that returns for %s', async (_, fail) => {
    const counter = failedBatches.of('order-settlement')
    const before = counter.value
    await consume(reduced(1), poison)
    const afterSuccess = counter.value

    fail()
    await consume(reduced(1), poison).catch(() => {})

    expect([afterSuccess - before, counter.value - before]).toEqual([0, 1])
  })

  it('works under the request id of its invocation', async () => {
    let requestId: string | undefined
    handle.mockImplementation(async () => {
      requestId = currentInvocation()?.requestId
    })

    await handler(
      rmqEvent({ queue: 'order-settlement', messages: [reduced(1)] }),
      lambdaContext({ awsRequestId: 'invocation-7' }),
    )

    expect(requestId).toBe('invocation-7')
  })
})
