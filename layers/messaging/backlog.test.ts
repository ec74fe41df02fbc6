import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { useSink } from '@stockroom/telemetry/metrics'

const outboxBacklog = jest.fn<typeof import('@stockroom/database/outbox-backlog').outboxBacklog>()
const close = jest.fn<() => Promise<void>>()
const checkQueue = jest.fn<(queue: string) => Promise<{ messageCount: number }>>()
const openChannel = jest.fn<() => Promise<object>>()
jest.unstable_mockModule('@stockroom/database/outbox-backlog', () => ({ outboxBacklog }))
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel }))
const { queues: topology } = await import('./topology.ts')
const { readBacklog, recordBacklog } = await import('./backlog.ts')

const readings = async () =>
  (await readBacklog()).map(({ gauge, value, labels }) => [gauge.name, ...labels, value].join(' '))
const outboxes = [
  'stockroom_outbox_events products 0',
  'stockroom_outbox_oldest_age_seconds products 0',
  'stockroom_outbox_events orders 3',
  'stockroom_outbox_oldest_age_seconds orders 12.5',
]
const queues = Object.keys(topology).flatMap((queue) => [
  `stockroom_queue_messages ${queue} 7`,
  `stockroom_dead_letter_messages ${queue} 2`,
])

beforeEach(() => {
  outboxBacklog
    .mockReset()
    .mockImplementation(async (domain) =>
      domain === 'orders' ? { events: 3, ageSeconds: 12.5 } : { events: 0, ageSeconds: 0 },
    )
  close.mockReset().mockResolvedValue()
  checkQueue
    .mockReset()
    .mockImplementation(async (queue) => ({ messageCount: queue.endsWith('.dead') ? 2 : 7 }))
  openChannel.mockReset().mockResolvedValue({ checkQueue, close })
})

afterEach(() => useSink(undefined))

describe('readBacklog', () => {
  it('tells what waits in outboxes and queues, and leaves no channel behind', async () => {
    expect(await readings()).toEqual([...outboxes, ...queues])
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('leaves out what is away', async () => {
    outboxBacklog.mockRejectedValue(new Unavailable('database', 'ECONNREFUSED'))
    expect(await readings()).toEqual(queues)

    openChannel.mockRejectedValue(new Unavailable('broker', 'not connected'))
    expect(await readings()).toEqual([])
  })

  it('leaves out the queues when one is missing, whose channel is closed already', async () => {
    checkQueue.mockRejectedValue(new Error('404 NOT_FOUND'))
    close.mockRejectedValue(new Error('Channel closed'))

    expect(await readings()).toEqual(outboxes)
  })

  it('waits a second for what is silent', async () => {
    jest.useFakeTimers()
    openChannel.mockReturnValue(new Promise(() => {}))

    const reading = readings()
    await jest.advanceTimersByTimeAsync(1000)
    jest.useRealTimers()

    expect(await reading).toEqual(outboxes)
  })
})

it('recordBacklog records all of it', async () => {
  const heard: string[] = []
  useSink(({ name }, labels, value) => heard.push([name, ...Object.values(labels), value].join(' ')))

  await recordBacklog()

  expect(heard).toEqual([...outboxes, ...queues])
})
