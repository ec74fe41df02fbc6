import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const query = jest.fn<(...parameters: unknown[]) => Promise<object[]>>()
jest.unstable_mockModule('./query.ts', () => ({ query }))
const { changeOutbox, postponeEvents, removeFromOutbox } = await import('./outbox.ts')

const trx = {} as never

beforeEach(() => {
  query.mockReset().mockResolvedValue([])
})

describe('the outbox', () => {
  it.each([
    ['changing', () => changeOutbox(trx, 'orders', { add: [], remove: [] })],
    ['removing', () => removeFromOutbox('orders', 'orders', [])],
    ['postponing', () => postponeEvents(trx, 'orders', [])],
  ])('is left alone when %s nothing', async (_, change) => {
    await change()

    expect(query).not.toHaveBeenCalled()
  })
})
