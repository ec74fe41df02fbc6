import { describe, expect, it, jest } from '@jest/globals'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { mappingsOf, rabbitmqEvent } from '../fixtures/rabbitmq-events.ts'
import { standingClock } from '../fixtures/standing-clock.ts'
import { FakeChannel, settled, setUpTold, startedPoller } from '../fixtures/started-poller.ts'
import type { ConsumerChannel } from '../polling/subscription.ts'
import { withinTime } from '../polling/time-limit.ts'

standingClock()

describe(documentedAs('Function error'), () => {
  it('for any of the messages of a batch returns the whole batch to the queue', async () => {
    const { channel, invocations, log } = await startedPoller()
    channel.deliver(3)
    await settled()

    invocations[0]?.reject(new Error('database\nis away'))
    await jest.advanceTimersByTimeAsync(999)
    expect(channel.told).toEqual(setUpTold)
    await jest.advanceTimersByTimeAsync(1)

    const returned = ['reject 1 requeue', 'reject 2 requeue', 'reject 3 requeue']
    expect(channel.told).toEqual([...setUpTold, ...returned])
    expect(log.error).toHaveBeenCalledWith(
      '(λ: reduce) queue stock: 3 messages in 0.00 ms, failed: database is away; returned to the queue in 1 s',
    )
  })
})

describe(documentedAs('Unrecoverable error'), () => {
  it('stops the consumer on AWS; here it is tried again with growing pauses, and one line says what AWS would have done', async () => {
    const channel = new FakeChannel()
    const openChannel = jest.fn<() => Promise<ConsumerChannel>>().mockResolvedValueOnce(channel)
    const refusal = Object.assign(new Error('404 (NOT-FOUND)'), { code: 404 })
    for (let attempt = 0; attempt < 3; attempt += 1) openChannel.mockRejectedValueOnce(refusal)
    openChannel.mockResolvedValueOnce(new FakeChannel())
    const { log } = await startedPoller({ openChannel })

    channel.emit('close')
    await jest.advanceTimersByTimeAsync(250 + 250 + 500 + 1000)

    expect(openChannel).toHaveBeenCalledTimes(5)
    expect(log.warning.mock.calls).toEqual([
      [
        "(λ: reduce) queue stock: waiting for the queue: 404 (NOT-FOUND); AWS would stop this mapping where it can't recover from that",
      ],
    ])
    expect(log.info).toHaveBeenCalledWith('(λ: reduce) queue stock: polling again')
  })
})

describe(documentedAs('Not on AWS either'), () => {
  it('are partial batch failures: what a function returns, batchItemFailures too, acknowledges the batch', async () => {
    const { channel, invocations } = await startedPoller()
    channel.deliver(3)
    await settled()

    invocations[0]?.resolve({ batchItemFailures: [{ itemIdentifier: '1' }], statusCode: 500 })
    await settled()

    expect(channel.told).toEqual([...setUpTold, 'ack 3 and before'])
  })

  it('is any member of an event source mapping that Amazon MQ has not, which the event does not know', () => {
    const events = [rabbitmqEvent({ functionResponseType: 'ReportBatchItemFailures' })]

    expect(() => mappingsOf({ reduce: { events } })).toThrow(
      'Function "reduce": rabbitmq.functionResponseType is unknown',
    )
  })
})

describe(documentedAs('Function timeout'), () => {
  const timeoutOf = (timeout?: number, provider?: { timeout?: number }) =>
    mappingsOf({ reduce: { events: [rabbitmqEvent()], timeout } }, {}, provider)[0]?.timeoutSeconds

  it('is 14 minutes at most for functions that Lambda invokes for Amazon MQ', () => {
    expect(timeoutOf(900)).toBe(840)
    expect(timeoutOf(840)).toBe(840)
  })

  it('is that of the function, else that of the provider, else the 6 s that Serverless deploys', () => {
    expect([timeoutOf(3, { timeout: 10 }), timeoutOf(undefined, { timeout: 10 }), timeoutOf()]).toEqual([
      3, 10, 6,
    ])
  })

  it('ends the function: "Task timed out after 6.00 seconds"', async () => {
    const limit = { seconds: 6, signal: new AbortController().signal, onLate: jest.fn() }
    const ended = Promise.withResolvers<void>()
    const errors: string[] = []
    withinTime(new Promise(() => {}), limit, () => ended.promise).catch(({ message }) => errors.push(message))
    await jest.advanceTimersByTimeAsync(6000)
    expect(errors).toEqual([])

    ended.resolve()
    await jest.advanceTimersByTimeAsync(0)

    expect(errors).toEqual(['Task timed out after 6.00 seconds'])
    expect(limit.onLate).not.toHaveBeenCalled()
  })
})
