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
const batch = (...messages: object[]) => rmqEvent({ queue: 'order-settlement', messages })
const consume = (...messages: object[]) => handler(batch(...messages), lambdaContext())
const published = () => publish.mock.calls.flatMap(([messages]) => messages)
const handled = () => handle.mock.calls.map(([{ messages }]) => messages.map(({ body }) => body.orderId))
const deadLetter = (messageId: string, reason: string) =>
  expect.objectContaining({
    exchange: 'shop.dead-letters',
    routingKey: 'order-settlement.dead',
    options: expect.objectContaining({
      messageId,
      headers: expect.objectContaining({ 'x-dead-letter-reason': reason }),
    }),
  })

beforeEach(() => {
  handle.mockReset().mockResolvedValue(undefined)
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('a consumer', () => {
  it('hands over the healthy messages of every queue at once, in the order of delivery', async () => {
    const { rmqMessagesByQueue: one, ...event } = batch(reduced(3), reduced(1))
    const { rmqMessagesByQueue: other } = rmqEvent({ queue: 'other', messages: [reduced(2)] })

    await handler({ ...event, rmqMessagesByQueue: { ...one, ...other } }, lambdaContext())

    expect(handled()).toEqual([[3, 1, 2]])
    expect(publish).not.toHaveBeenCalled()
  })

  it('sends what it can not read and what its handler refuses to the dead letters, with the reason', async () => {
    handle.mockImplementation(async ({ messages }) => ({
      refused: messages.slice(0, 1).map((message) => ({ message, reason: 'not this order' })),
    }))

    await consume(reduced(1), poison, reduced(2), { ...reduced(3), headers: { 'schema-version': 9 } })

    expect(handled()).toEqual([[1, 2]])
    expect(published()).toEqual([
      deadLetter('poison', 'not JSON'),
      deadLetter('m3', 'unknown schema-version 9'),
      deadLetter('m1', 'not this order'),
    ])
  })

  it('does not call its handler for nothing', async () => {
    await consume(poison)
    await handler({ ...batch(), rmqMessagesByQueue: {} }, lambdaContext())

    expect(handle).not.toHaveBeenCalled()
  })

  it('puts what its handler defers to the end of its queue, as it was', async () => {
    handle.mockImplementation(async ({ messages }) => ({ deferred: messages.slice(1) }))

    await consume(reduced(1), reduced(2))

    const options = { messageId: 'm2', persistent: true, mandatory: true }
    expect(published()).toMatchObject([{ exchange: '', routingKey: 'order-settlement', options }])
  })

  it('works under the request id of its invocation', async () => {
    let requestId: string | undefined
    handle.mockImplementation(async () => {
      requestId = currentInvocation()?.requestId
    })

    await handler(batch(reduced(1)), lambdaContext({ awsRequestId: 'invocation-7' }))

    expect(requestId).toBe('invocation-7')
  })
})

describe('a batch comes again, and is counted,', () => {
  const away = new Unavailable('broker', 'not connected')
  const { value: before } = failedBatches.of('order-settlement')
  let failures = 0

  it.each<[string, () => unknown]>([
    ['when its handler fails', () => handle.mockRejectedValue(away)],
    ['when the broker is away for the dead letters', () => publish.mockRejectedValue(away)],
    [
      'when a deferred message is not confirmed',
      () => {
        handle.mockImplementation(async ({ messages }) => ({ deferred: messages }))
        publish.mockImplementation(async (messages) => messages.map(({ exchange }) => exchange !== ''))
      },
    ],
  ])('%s', async (_, fail) => {
    await consume(poison, reduced(1))
    fail()

    const outcome = consume(poison, reduced(1))

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    failures += 1
    expect(failedBatches.of('order-settlement').value - before).toBe(failures)
  })

  it('and leaves one dead letter of a poison message', async () => {
    handle.mockRejectedValueOnce(away)

    await consume(poison, reduced(1)).catch(() => {})
    await consume(poison, reduced(1))

    expect(published()).toHaveLength(1)
  })
})
