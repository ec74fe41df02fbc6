import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import {
  type CommitDeadline,
  currentDeadline,
  RequestDeadline,
  runUntil,
  sharedDeadline,
} from '@stockroom/runtime/commit-deadline'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { sqlStateOf } from './sql-state.ts'

/** How many items {@link groupCommit} takes. */
export interface GroupLimits {
  /** Items in one commit at most. */
  maxSize: number
  /** Items that wait for a commit at most; the next one is refused at once. */
  maxWaiting?: number
  /** Milliseconds that an item has left until its deadline at least when its group begins; who has less is refused. */
  leastLeftMs?: number
  /** Milliseconds from the begin of one commit to that of the next at least. */
  paceMs?: number
}

interface Member<Item> {
  item: Item
  deadline: CommitDeadline
}

interface Waiting<Item, Result> extends Member<Item> {
  settle(result: Result | Error): void
}

/** Data that PostgreSQL refuses, a constraint, a serialisation failure, a deadlock, a lock that isn't free. */
const oneIsToBlame = /^(22|23|40|55P03)/

type Commit<Item, Result> = (items: readonly Item[]) => Promise<Result[]>

/**
 * Lets concurrent callers share a commit: whatever arrives while one `commit` is under way goes into the next, one
 * commit at a time. The first one begins at once, the others at a pace, so that what arrives evenly shares commits as
 * bursts do. `commit` gets the items in the order of arrival and resolves to one result per item; it runs under
 * the deadline of the most urgent (commit-deadline.ts), so that nobody is committed whose request was refused. When one
 * item may be why it failed, it is retried in halves, so that it fails for that item alone; else it fails for each.
 *
 * On Lambda, with one request at a time, every group has one member.
 *
 * The returned function throws Unavailable for an item that is refused or has waited too long.
 *
 * @example
 * const insert = groupCommit((names: readonly string[]) => insertAll(names), { maxSize: 500 })
 * const row = await insert('lamp')
 */
export function groupCommit<Item, Result>(
  commit: Commit<Item, Result>,
  { maxSize, maxWaiting = 2000, leastLeftMs = 500, paceMs = 4 }: GroupLimits,
): (item: Item) => Promise<Result> {
  // A group works for several requests: for none of them alone, and for none that is over.
  const forNobody = AsyncLocalStorage.snapshot()
  const waiting: Waiting<Item, Result>[] = []
  let isDraining = false

  async function drain(): Promise<void> {
    isDraining = true
    await nextTurn()
    while (waiting.length > 0) {
      const paced = paceMs > 0 && pause(paceMs)
      const members = waiting.splice(0, maxSize)
      const results = await commitInTime(members, commit, leastLeftMs)
      for (const [index, { settle }] of members.entries()) settle(results[index] as Result | Error)
      if (waiting.length < maxSize) await paced
    }
    isDraining = false
  }

  return (item) => {
    if (waiting.length >= maxWaiting)
      return Promise.reject(new Unavailable('database', 'too many are waiting for it'))
    const deadline = currentDeadline() ?? new RequestDeadline()
    return new Promise((resolve, reject) => {
      const settle = (result: Result | Error) => (result instanceof Error ? reject(result) : resolve(result))
      waiting.push({ item, deadline, settle })
      if (!isDraining) forNobody(drain)
    })
  }
}

async function commitInTime<Item, Result>(
  members: readonly Member<Item>[],
  commit: Commit<Item, Result>,
  leastLeftMs: number,
): Promise<(Result | Error)[]> {
  const earliest = performance.now() + leastLeftMs
  const isInTime = ({ deadline }: Member<Item>) => deadline.at >= earliest
  const inTime = members.filter(isInTime)
  const results = (await commitInHalves(inTime, commit)).values()
  return members.map((member) => (isInTime(member) ? (results.next().value as Result | Error) : tooLate()))
}

async function commitInHalves<Item, Result>(
  members: readonly Member<Item>[],
  commit: Commit<Item, Result>,
): Promise<(Result | Error)[]> {
  if (members.length === 0) return []
  const deadline = sharedDeadline(members.map((member) => member.deadline))
  if (performance.now() >= deadline.at) return members.map(tooLate)
  try {
    return await runUntil(deadline, () => commit(members.map(({ item }) => item)))
  } catch (error) {
    if (members.length === 1 || !oneIsToBlame.test(sqlStateOf(error)))
      return members.map(() => error as Error)
    const half = Math.ceil(members.length / 2)
    const results = await commitInHalves(members.slice(0, half), commit)
    return [...results, ...(await commitInHalves(members.slice(half), commit))]
  }
}

const tooLate = () => new Unavailable('database', 'it took too long')
