import {
  type CommitDeadline,
  currentDeadline,
  RequestDeadline,
  runUntil,
  sharedDeadline,
} from '@stockroom/runtime/commit-deadline'
import { Unavailable } from '@stockroom/runtime/unavailable'
import DataLoader from 'dataloader'
import { sqlStateOf } from './sql-state.ts'

/** How many items {@link groupCommit} takes. */
export interface GroupLimits {
  /** Items in one commit at most. */
  maxSize: number
  /** Items that wait for a commit at most; the next one is refused at once. */
  maxWaiting?: number
  /** Milliseconds that an item has left until its deadline at least when its group begins; who has less is refused. */
  leastLeftMs?: number
}

interface Member<Item> {
  item: Item
  deadline: CommitDeadline
}

/** Data that PostgreSQL refuses, a constraint, a serialisation failure, a deadlock, a lock that isn't free. */
const oneIsToBlame = /^(22|23|40|55P03)/

type Commit<Item, Result> = (items: readonly Item[]) => Promise<Result[]>

/**
 * Lets concurrent callers share a commit: whatever arrives while one `commit` is under way goes into the next, one
 * commit at a time. `commit` gets the items in the order of arrival and resolves to one result per item; it runs under
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
  { maxSize, maxWaiting = 2000, leastLeftMs = 500 }: GroupLimits,
): (item: Item) => Promise<Result> {
  let previous: Promise<unknown> = Promise.resolve()
  let running: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const loader = new DataLoader<Member<Item>, Result>(
    (members) => {
      waiting -= members.length
      const results = commitInTime(members, commit, leastLeftMs)
      running = results.catch(() => {})
      return results
    },
    {
      cache: false,
      maxBatchSize: maxSize,
      batchScheduleFn: (dispatch) => {
        previous = previous.then(() => {
          dispatch()
          return running
        })
      },
    },
  )
  return async (item) => {
    if (waiting >= maxWaiting) throw new Unavailable('database', 'too many are waiting for it')
    waiting += 1
    return loader.load({ item, deadline: currentDeadline() ?? new RequestDeadline() })
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
