import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { DeadLetter } from '@stockroom/messaging/read-dead-letters'

const publish = jest.fn<typeof import('@stockroom/messaging/publisher').publish>()
jest.unstable_mockModule('@stockroom/messaging/publisher', () => ({ publish }))
const { redrive } = await import('./redriving.ts')

const letter = (messageId: string, headers?: object) =>
  ({
    queue: 'stock-reduction',
    messageId,
    message: { content: Buffer.from(messageId), properties: { messageId, type: 'order.created', headers } },
  }) as unknown as DeadLetter

/** The ids of the letters that their queue has taken, and of the others. */
async function redriven(...ids: string[]) {
  const { gone, stayed } = await redrive(ids.map((id) => letter(id)))
  return [gone.map((one) => one.letter.messageId), stayed.map(({ messageId }) => messageId)]
}

beforeEach(() => {
  publish.mockReset().mockImplementation(async (messages) => messages.map(() => true))
})

describe('redrive', () => {
  it('takes the history off, and leaves every other property and header', async () => {
    const kept = { 'schema-version': 1, 'x-deathly': 'kept' }
    const history = { 'x-death': [{ count: 1 }], 'x-last-death-reason': 'delivery_limit', 'x-attempts': 3 }

    await redrive([letter('a', { ...history, ...kept }), letter('bare')])

    const shared = { type: 'order.created', persistent: true, mandatory: true }
    expect(publish.mock.calls[0]?.[0].map(({ options }) => options)).toEqual([
      { messageId: 'a', headers: kept, ...shared },
      { messageId: 'bare', headers: {}, ...shared },
    ])
  })

  it('lets a letter stay that its queue has not taken, not even by itself', async () => {
    publish.mockResolvedValueOnce([true, false, true]).mockRejectedValue(new Error('not connected'))

    expect(await redriven('a', 'b', 'c')).toEqual([['a', 'c'], ['b']])
  })

  it('tries each letter by itself when one of them has broken the channel for all', async () => {
    publish.mockImplementation(async (messages) =>
      messages.map(() => messages.length === 1 && `${messages[0]?.content}` !== 'a'),
    )

    expect(await redriven('a', 'b', 'c')).toEqual([['b', 'c'], ['a']])
  })

  it('lets a letter stay whose id another one has that its queue has not taken', async () => {
    publish.mockResolvedValueOnce([false, true]).mockResolvedValue([false])

    expect(await redriven('a', 'a')).toEqual([[], ['a', 'a']])
  })

  it('publishes thousands a few hundred at once', async () => {
    await redriven(...Array.from({ length: 1200 }, (_, n) => `${n}`))

    expect(publish.mock.calls.map(([messages]) => messages.length)).toEqual([500, 500, 200])
  })
})
