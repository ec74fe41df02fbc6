import { Unavailable } from '@stockroom/runtime/unavailable'
import DataLoader from 'dataloader'

/** How many items {@link groupCommit} takes. */
export interface GroupLimits {
  /** Items in one commit at most. */
  maxSize: number
  /** Items that wait for a commit at most; the next one is refused at once. */
  maxWaiting?: number
  /** Milliseconds that an item waits for its commit to begin at most: then nobody waits for it any more. */
  maxWaitMs?: number
}

interface Waiting<Item> {
  item: Item
  since: number
}

/**
 * Lets concurrent callers share a commit: whatever arrives while one `commit` is under way goes into the next, one
 * commit at a time. `commit` gets the items in the order of arrival and resolves to one result per item; when it
 * fails, it fails for each of its items.
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
  commit: (items: readonly Item[]) => Promise<Result[]>,
  { maxSize, maxWaiting = 2000, maxWaitMs = 1500 }: GroupLimits,
): (item: Item) => Promise<Result> {
  let previous: Promise<unknown> = Promise.resolve()
  let running: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const loader = new DataLoader<Waiting<Item>, Result>(
    (entries) => {
      waiting -= entries.length
      const results = commitFresh(entries, commit, maxWaitMs)
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
    return loader.load({ item, since: performance.now() })
  }
}

async function commitFresh<Item, Result>(
  entries: readonly Waiting<Item>[],
  commit: (items: readonly Item[]) => Promise<Result[]>,
  maxWaitMs: number,
): Promise<(Result | Error)[]> {
  const oldest = performance.now() - maxWaitMs
  const fresh = entries.filter(({ since }) => since >= oldest)
  const results = fresh.length > 0 ? (await commit(fresh.map(({ item }) => item))).values() : [].values()
  return entries.map(({ since }) =>
    since >= oldest ? (results.next().value as Result) : new Unavailable('database', 'it took too long'),
  )
}
