import { expect, it, jest } from '@jest/globals'

const channel = {
  checkQueue: () => Promise.reject(new Error('404 NOT_FOUND')),
  close: () => Promise.reject(new Error('Channel closed')),
}
jest.unstable_mockModule('./broker-connection.ts', () => ({ openChannel: async () => channel }))
const { countQueues } = await import('./queue-counts.ts')

it('a count of queues of which one is missing fails for that, whose channel is closed already', async () => {
  await expect(countQueues()).rejects.toThrow('404 NOT_FOUND')
})
