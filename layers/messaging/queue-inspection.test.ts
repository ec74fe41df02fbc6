import { expect, it, jest } from '@jest/globals'

const close = jest.fn(async () => {})
const checkQueue = async () => ({ messageCount: 7 })
const takeDeadLetters = () => Promise.reject(new Error('first'))
jest.unstable_mockModule('./broker-connection.ts', () => ({
  openChannel: async () => ({ checkQueue, close }),
}))
jest.unstable_mockModule('./read-dead-letters.ts', () => ({
  takeDeadLetters,
  sourceQueues: ['one', 'other'],
}))
const { inspectQueues } = await import('./queue-inspection.ts')

it('an inspection that fails closes its channel, which puts everything back, and gives the first reason', async () => {
  await expect(inspectQueues()).rejects.toThrow('first')
  expect(close).toHaveBeenCalledTimes(1)
})
