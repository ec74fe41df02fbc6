import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { useSink } from '@stockroom/telemetry/metrics'

const outboxBacklog = jest.fn<typeof import('@stockroom/database/outbox-backlog').outboxBacklog>()
const countQueues = jest.fn<typeof import('./queue-counts.ts').countQueues>()
jest.unstable_mockModule('@stockroom/database/outbox-backlog', () => ({ outboxBacklog }))
jest.unstable_mockModule('./queue-counts.ts', () => ({ countQueues }))
const { recordBacklog } = await import('./backlog.ts')

async function recorded(): Promise<string[]> {
  const heard: string[] = []
  useSink(({ name }, labels, value) => heard.push([name, ...Object.values(labels), value].join(' ')))
  await recordBacklog()
  return heard
}
const outboxes = [
  'stockroom_outbox_events products 0',
  'stockroom_outbox_oldest_age_seconds products 0',
  'stockroom_outbox_events orders 3',
  'stockroom_outbox_oldest_age_seconds orders 12.5',
]
const queues = ['stockroom_queue_messages stock 7', 'stockroom_dead_letter_messages stock 2']

beforeEach(() => {
  outboxBacklog
    .mockReset()
    .mockImplementation(async (domain) =>
      domain === 'orders' ? { events: 3, ageSeconds: 12.5 } : { events: 0, ageSeconds: 0 },
    )
  countQueues.mockReset().mockResolvedValue([{ name: 'stock', ready: 7, consumers: 1, deadLetters: 2 }])
})

afterEach(() => useSink(undefined))

describe('recordBacklog', () => {
  it('records what waits in outboxes and queues, and leaves out what is away', async () => {
    expect(await recorded()).toEqual([...outboxes, ...queues])

    outboxBacklog.mockRejectedValue(new Unavailable('database', 'ECONNREFUSED'))
    expect(await recorded()).toEqual(queues)
  })

  it('waits a second for what is silent', async () => {
    jest.useFakeTimers()
    countQueues.mockReturnValue(new Promise(() => {}))

    const recording = recorded()
    await jest.advanceTimersByTimeAsync(1000)
    jest.useRealTimers()

    expect(await recording).toEqual(outboxes)
  })
})
