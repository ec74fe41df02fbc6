import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { DeadLetter } from './read-dead-letters.ts'

const close = jest.fn<() => Promise<void>>()
const checkQueue = jest.fn<(queue: string) => Promise<{ messageCount: number }>>()
const openChannel = jest.fn<() => Promise<object>>()
const takeDeadLetters = jest.fn<typeof import('./read-dead-letters.ts').takeDeadLetters>()
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel }))
jest.unstable_mockModule('./read-dead-letters.ts', () => ({
  takeDeadLetters,
  sourceQueues: ['stock-reduction', 'order-settlement'],
}))
const { inspectQueues } = await import('./queue-inspection.ts')

const letter = (queue: string) =>
  ({
    queue,
    messageId: 'a',
    type: 'order.created',
    reason: 'not JSON',
    firstFailedAt: undefined,
    attempts: 1,
    body: 'nonsense',
    message: {},
  }) as unknown as DeadLetter

beforeEach(() => {
  close.mockReset().mockResolvedValue()
  checkQueue
    .mockReset()
    .mockImplementation(async (queue) => ({ messageCount: queue === 'stock-reduction' ? 7 : 0 }))
  openChannel.mockReset().mockResolvedValue({ checkQueue, close })
  takeDeadLetters
    .mockReset()
    .mockImplementation(async (_channel, queue) => (queue === 'order-settlement' ? [letter(queue)] : []))
})

describe('inspectQueues', () => {
  it('tells what waits, and every dead letter as far as it can be sent on', async () => {
    expect(await inspectQueues()).toEqual({
      ready: { 'stock-reduction': 7, 'order-settlement': 0 },
      deadLetters: [{ queue: 'order-settlement', messageId: 'a', reason: 'not JSON', body: 'nonsense' }],
    })
  })

  it('closes its channel, which puts everything back', async () => {
    await inspectQueues()

    expect(close).toHaveBeenCalledTimes(1)
  })

  it('closes its channel when it fails, and fails with the first reason', async () => {
    takeDeadLetters.mockRejectedValue(new Error('first'))

    await expect(inspectQueues()).rejects.toThrow('first')
    expect(close).toHaveBeenCalledTimes(1)
  })
})
