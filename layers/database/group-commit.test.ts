import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { answerWithinMs } from '@stockroom/runtime/commit-deadline'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import { type GroupLimits, groupCommit as pacedGroupCommit } from './group-commit.ts'

/** Without a pace, where it isn't what the test is about. */
const groupCommit = <Item, Result>(
  commit: (items: readonly Item[]) => Promise<Result[]>,
  limits: GroupLimits,
) => pacedGroupCommit(commit, { paceMs: 0, ...limits })

/** Commits that the test ends by hand. */
const commits: ({ items: readonly string[] } & PromiseWithResolvers<string[]>)[] = []
const commit = (items: readonly string[]) => {
  const commit = { items, ...Promise.withResolvers<string[]>() }
  commits.push(commit)
  return commit.promise
}
const withCode = (code: string) => Object.assign(new Error('from the driver'), { code })
const turn = () => new Promise(setImmediate)
const groups = () => commits.map(({ items }) => items)
const end = async (index: number) => {
  const { items = [], resolve } = commits[index] ?? {}
  resolve?.(items.map((item) => item.toUpperCase()))
  await turn()
}

beforeEach(() => {
  commits.length = 0
})

afterEach(() => {
  jest.useRealTimers()
})

describe('groupCommit', () => {
  it('collects what arrives while a commit is under way for the next, in the order of arrival', async () => {
    const insert = groupCommit(commit, { maxSize: 10 })
    const results = [insert('a')]
    await turn()

    for (const item of ['b', 'c', 'b']) {
      results.push(insert(item))
      await turn()
    }
    const before = groups()
    await end(0)
    await end(1)

    expect(before).toEqual([['a']])
    expect(groups()).toEqual([['a'], ['b', 'c', 'b']])
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C', 'B'])
  })

  it('commits at most maxSize items at a time, one commit at a time', async () => {
    const insert = groupCommit(commit, { maxSize: 2 })

    const results = Promise.all(['a', 'b', 'c', 'd', 'e'].map(insert))
    await turn()
    const atOnce = [commits.length]
    for (const index of [0, 1, 2]) {
      await end(index)
      atOnce.push(commits.length)
    }

    expect(atOnce).toEqual([1, 2, 3, 3])
    expect(groups()).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect(await results).toEqual(['A', 'B', 'C', 'D', 'E'])
  })

  it('begins at once when it is idle, and the next commit no sooner than its pace', async () => {
    const begins: number[] = []
    const insert = pacedGroupCommit(
      async (items: readonly string[]) => {
        begins.push(performance.now())
        return [...items]
      },
      { maxSize: 10, paceMs: 40 },
    )

    await insert('a')
    await Promise.all(['b', 'c'].map(insert))

    const [first, second] = begins as [number, number]
    expect(begins).toHaveLength(2)
    expect(second - first).toBeGreaterThanOrEqual(39)
  })

  it.each([
    ['a constraint', withCode('23505')],
    ['a lock', new Unavailable('database', withCode('55P03'))],
  ])(
    'retries a commit in halves that may have failed for %s of one of its items, so that only that one fails',
    async (_, error) => {
      const insert = groupCommit(
        async (items: readonly string[]) => {
          if (items.includes('d')) throw error
          return items.map((item) => item.toUpperCase())
        },
        { maxSize: 10 },
      )

      const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(insert))

      expect(
        outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason)),
      ).toEqual(['A', 'B', 'C', error, 'E'])
    },
  )

  it.each([
    ['the database is away', new Unavailable('database', withCode('ECONNREFUSED'))],
    ['the outcome is unknown', new OutcomeUnknown(withCode('57P01'))],
    ['the SQL is wrong', withCode('42P01')],
  ])('fails for each item of a commit at once, and for no other, when %s', async (_, error) => {
    const insert = groupCommit(commit, { maxSize: 2 })

    const outcomes = Promise.allSettled(['a', 'b', 'c'].map(insert))
    await turn()
    commits[0]?.reject(error)
    await turn()
    await end(1)

    const failed = { status: 'rejected', reason: error }
    expect(await outcomes).toEqual([failed, failed, { status: 'fulfilled', value: 'C' }])
    expect(groups()).toEqual([['a', 'b'], ['c']])
  })

  it('retries nothing when the time of its items is over', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    const insert = groupCommit(commit, { maxSize: 10 })
    const outcomes = Promise.allSettled([insert('a'), insert('b')])
    await turn()
    jest.advanceTimersByTime(answerWithinMs)

    commits[0]?.reject(withCode('23505'))

    expect(await outcomes).toEqual(
      Array(2).fill({ status: 'rejected', reason: expect.objectContaining({ name: 'Unavailable' }) }),
    )
    expect(groups()).toEqual([['a', 'b']])
  })

  it('refuses at once who comes when maxWaiting wait already, and nobody else', async () => {
    const insert = groupCommit(commit, { maxSize: 10, maxWaiting: 2 })
    const first = insert('a')
    await turn()
    const waiting = Promise.all(['b', 'c'].map(insert))

    const refused = insert('d')

    await expect(refused).rejects.toMatchObject({ name: 'Unavailable', service: 'database' })
    await end(0)
    await end(1)
    expect(await Promise.all([first, waiting])).toEqual(['A', ['B', 'C']])
    expect(groups()).toEqual([['a'], ['b', 'c']])
  })

  it('refuses who has less than leastLeftMs left, without committing it, and serves who came later', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    const insert = groupCommit(commit, { maxSize: 2, leastLeftMs: answerWithinMs - 100 })
    const slow = insert('a')
    await turn()
    const early = ['b', 'c', 'd'].map((item) => insert(item).catch(({ name }) => name))
    jest.advanceTimersByTime(60)
    const late = insert('e')
    jest.advanceTimersByTime(60)

    await end(0)
    await end(1)

    expect(await Promise.all([slow, ...early, late])).toEqual(['A', ...Array(3).fill('Unavailable'), 'E'])
    expect(groups()).toEqual([['a'], ['e']])
  })
})
