import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'

process.env.LOG_LEVEL = 'silent'
const channel = { checkQueue: async () => ({ messageCount: 1 }), close: jest.fn(async () => {}) }
const openChannel = jest.fn<() => Promise<typeof channel>>()
const takeDeadLetters = jest.fn<(_: unknown, queue: string) => Promise<Partial<DeadLetter>[]>>()
const removeDeadLetters = jest.fn(async (_: unknown, letters: DeadLetter[]) => void letters)
const redrive = jest.fn<typeof import('./redriving.ts').redrive>()
jest.unstable_mockModule('@stockroom/messaging/broker-connection', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/messaging/read-dead-letters', () => ({
  sourceQueues: ['stock-reduction', 'order-settlement'],
  takeDeadLetters,
  removeDeadLetters,
}))
jest.unstable_mockModule('./redriving.ts', () => ({ redrive }))
const { handler: list } = await import('./list-dead-letters.ts')
const { handler: redriveLetters } = await import('./redrive-dead-letters.ts')
const { handler: discardLetters } = await import('./discard-dead-letters.ts')

const letter = {
  queue: 'stock-reduction',
  messageId: 'poison',
  type: 'order.created',
  reason: 'not JSON',
  body: 'x',
}
const chosen = { queue: 'stock-reduction', messageIds: ['poison'] }
const brokerFails = (error: Error) => openChannel.mockRejectedValueOnce(error)

beforeEach(() => {
  jest.clearAllMocks()
  openChannel.mockResolvedValue(channel)
  takeDeadLetters.mockImplementation(async (_, queue) => (queue === letter.queue ? [letter] : []))
  redrive.mockImplementation(async (letters) => ({
    gone: letters.map((one) => ({ letter: one, left: [] })),
    stayed: [],
  }))
})

describe('GET /admin/dead-letters', () => {
  itKeepsTheEndpointPromises(list, { request: { route: 'GET /admin/dead-letters' }, fails: brokerFails })

  it('shows the letters with the start of their bodies, and gives them back', async () => {
    takeDeadLetters.mockImplementation(async (_, queue) =>
      queue === letter.queue ? [{ ...letter, body: 'x'.repeat(5000), attempts: 3 }] : [],
    )

    const { body } = await send(list, { route: 'GET /admin/dead-letters' })

    expect(body).toEqual({
      total: 2,
      letters: [{ ...letter, body: 'x'.repeat(4000), firstFailedAt: null, attempts: 3 }],
    })
    expect(channel.close).toHaveBeenCalledTimes(1)
  })
})

describe.each([
  ['POST /admin/dead-letters/redrive', redriveLetters],
  ['POST /admin/dead-letters/discard', discardLetters],
])('%s', (route, handler) => {
  itKeepsTheEndpointPromises(handler, { request: { route, json: chosen }, fails: brokerFails })

  it('takes those away that are named', async () => {
    const { statusCode, body } = await send(handler, { route, json: chosen })

    expect([statusCode, body]).toEqual([200, { done: ['poison'], stayed: [], problems: [] }])
    expect(removeDeadLetters.mock.calls[0]?.[1]).toEqual([letter])
  })

  it('says so when nothing has that id', async () => {
    const { body } = await send(handler, { route, json: { ...chosen, messageIds: ['another'] } })

    expect(body).toEqual({ done: [], stayed: [], problems: ['There is no dead letter another.'] })
  })

  it.each([{ ...chosen, queue: 'other' }, { queue: 'stock-reduction' }, { ...chosen, messageIds: [] }])(
    'refuses %j',
    async (json) => {
      const { body } = await send(handler, { route, json })

      expect(body).toEqual(problem(400, 'validation-failed', [{ path: expect.any(String) as never }]))
    },
  )

  it('gives everything back when it fails', async () => {
    takeDeadLetters.mockRejectedValue(new Unavailable('broker', 'gone'))

    expect((await send(handler, { route, json: chosen })).statusCode).toBe(503)
    expect(channel.close).toHaveBeenCalledTimes(1)
  })
})
