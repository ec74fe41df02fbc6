import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { RequestDeadline, runUntil } from '@stockroom/runtime/commit-deadline'

const sent: string[] = []
const client = {
  acquireConnection: async () => ({}),
  releaseConnection: jest.fn(async () => {}),
  send: async (_connection: object, { sql }: { sql: string }) => {
    sent.push(sql)
    return []
  },
}
const asUnavailable = (error: unknown) => error
jest.unstable_mockModule('./query.ts', () => ({ asUnavailable, uncrowded: () => ({ client }) }))
const { commitStatement, readAndCommit } = await import('./pipelined.ts')

beforeEach(() => {
  sent.length = 0
  client.releaseConnection.mockClear()
})

describe('a commit whose deadline is over', () => {
  const insert = { sql: 'insert' }

  it.each<[string, () => Promise<unknown>, string[]]>([
    ['a statement', () => commitStatement('orders', insert), []],
    [
      'a transaction',
      () => readAndCommit('orders', { sql: 'lock' }, () => ({ writes: [insert], result: () => {} })),
      ['begin', 'lock', 'rollback'],
    ],
  ])('is not sent, as %s', async (_, commit, statements) => {
    const deadline = new RequestDeadline(60_000)
    deadline.giveUp()

    const outcome = runUntil(deadline, commit)

    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
    expect(sent).toEqual(statements)
    expect(client.releaseConnection).toHaveBeenCalledTimes(1)
  })
})
