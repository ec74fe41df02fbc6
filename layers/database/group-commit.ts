import DataLoader from 'dataloader'

/**
 * Lets concurrent callers share a commit: whatever arrives while one `commit` is under way goes into the next, at
 * most `maxSize` items at a time, one commit at a time. `commit` gets the items in the order of arrival and resolves
 * to one result per item; when it fails, it fails for each of its items.
 *
 * On Lambda, with one request at a time, every group has one member.
 *
 * @example
 * const insert = groupCommit((names: string[]) => insertAll(names), { maxSize: 500 })
 * const row = await insert('lamp')
 */
export function groupCommit<Item, Result>(
  commit: (items: readonly Item[]) => Promise<Result[]>,
  { maxSize }: { maxSize: number },
): (item: Item) => Promise<Result> {
  let previous: Promise<unknown> = Promise.resolve()
  let running: Promise<unknown> = Promise.resolve()

  const loader = new DataLoader<Item, Result>(
    (items) => {
      const results = commit(items)
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
  return (item) => loader.load(item)
}
