import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const channel = { checkQueue: async () => ({ messageCount: 1 }), close: jest.fn(async () => {}) }
const openChannel = jest.fn<() => Promise<typeof channel>>()
const takeDeadLetters = async (_: unknown, queue: string) => (queue === letter.queue ? [letter] : [])
jest.unstable_mockModule('@stockroom/messaging/broker-connection', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/messaging/read-dead-letters', () => ({
  sourceQueues: ['stock-reduction', 'order-settlement'],
  takeDeadLetters,
  removeDeadLetters: jest.fn(),
}))
jest.unstable_mockModule('./redriving.ts', () => ({ redrive: jest.fn() }))
const { handler: list } = await import('./list-dead-letters.ts')
const { handler: redriveLetters } = await import('./redrive-dead-letters.ts')
const { handler: discardLetters } = await import('./discard-dead-letters.ts')

const letter = {
  queue: 'stock-reduction',
  messageId: 'poison',
  type: 'order.created',
  reason: 'not JSON',
  body: 'x'.repeat(5000),
  attempts: 3,
}
const chosen = { queue: 'stock-reduction', messageIds: ['another'] }
const brokerFails = (error: Error) => openChannel.mockRejectedValueOnce(error)

beforeEach(() => {
  jest.clearAllMocks()
  openChannel.mockResolvedValue(channel)
})

// What becomes of the letters: tests/integration/rabbitmq/dead-letter-desk.test.ts.
describe('GET /admin/dead-letters', () => {
  itKeepsTheEndpointPromises(list, { request: { route: 'GET /admin/dead-letters' }, fails: brokerFails })

  it('shows the letters with the start of their bodies, and gives them back', async () => {
    const { body } = await send(list, { route: 'GET /admin/dead-letters' })

    expect(body).toEqual({
      total: 2,
      letters: [{ ...letter, body: 'x'.repeat(4000), firstFailedAt: null }],
    })
    expect(channel.close).toHaveBeenCalledTimes(1)
  })
})

describe.each([
  ['POST /admin/dead-letters/redrive', redriveLetters],
  ['POST /admin/dead-letters/discard', discardLetters],
])('%s', (route, handler) => {
  itKeepsTheEndpointPromises(handler, { request: { route, json: chosen }, fails: brokerFails })

  it('says so when nothing has that id, and gives everything back', async () => {
    const { body } = await send(handler, { route, json: chosen })

    expect(body).toEqual({ done: [], stayed: [], problems: ['There is no dead letter another.'] })
    expect(channel.close).toHaveBeenCalledTimes(1)
  })

  it.each([{ ...chosen, queue: 'other' }, { queue: 'stock-reduction' }, { ...chosen, messageIds: [] }])(
    'refuses %j',
    async (json) => {
      const { body } = await send(handler, { route, json })

      expect(body).toEqual(problem(400, 'validation-failed', [{ path: expect.any(String) as never }]))
    },
  )
})
