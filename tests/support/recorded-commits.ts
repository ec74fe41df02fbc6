import { jest } from '@jest/globals'
import type { Transaction } from '@stockroom/database/query'
import type * as module from '@stockroom/messaging/commit-and-publish'
import type { ShopEvent } from '@stockroom/messaging/events'

/** What was committed: its domain, where an outbox belongs to it, and the events that it recorded, with their correlation ids. */
interface Commit {
  domain?: string
  recorded: { event: ShopEvent; correlationId: string | undefined }[]
}

/** Doubles of what commits and publishes, which note what was committed and recorded; what fails leaves no trace. */
export function recordedCommits() {
  const trx = { of: 'the test' } as unknown as Transaction
  const commits: Commit[] = []
  const traceparents: (string | undefined)[] = []
  const commit = async <Result>(
    domain: string | undefined,
    work: (record: module.RecordEvent) => Promise<Result>,
  ): Promise<Result> => {
    const recorded: Commit['recorded'] = []
    const result = await work((event, correlationId, traceparent) => {
      recorded.push({ event, correlationId })
      traceparents.push(traceparent)
    })
    commits.push(domain === undefined ? { recorded } : { domain, recorded })
    return result
  }
  const commitWithOutbox = jest.fn<typeof module.commitWithOutbox>()
  const clear = () => {
    commits.length = 0
    traceparents.length = 0
    commitWithOutbox
      .mockReset()
      .mockImplementation((domain, work) => commit(domain, (record) => work(trx, record)))
  }
  clear()
  return {
    trx,
    commits,
    /** The place in a trace of each event that was recorded. */
    traceparents,
    clear,
    commitWithOutbox,
    commitStatementsWithOutbox: ((domain, work) =>
      commit(domain, (record) =>
        work({ record, changes: () => [] }),
      )) as typeof module.commitStatementsWithOutbox,
    commitAndPublish: ((work) => commit(undefined, work)) as typeof module.commitAndPublish,
    publishAfter: ((work) => commit(undefined, work)) as typeof module.publishAfter,
  }
}
