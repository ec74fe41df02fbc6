import { jest } from '@jest/globals'
import type { Transaction } from '@stockroom/database/query'
import type * as announce from '@stockroom/messaging/announce'
import type { ShopEvent } from '@stockroom/messaging/events'

/** What was committed: its domain, where an outbox belongs to it, and the events that it told, with their correlation ids. */
interface Commit {
  domain?: string
  told: { event: ShopEvent; correlationId: string | undefined }[]
}

/** Doubles of what commits and tells, which note what was committed and told; what fails leaves no trace. */
export function announcements() {
  const trx = { of: 'the test' } as unknown as Transaction
  const commits: Commit[] = []
  const traceparents: (string | undefined)[] = []
  const commit = async <Result>(
    domain: string | undefined,
    work: (tell: announce.Tell) => Promise<Result>,
  ): Promise<{ result: Result; announced: Promise<void> }> => {
    const told: Commit['told'] = []
    const result = await work((event, correlationId, traceparent) => {
      told.push({ event, correlationId })
      traceparents.push(traceparent)
    })
    commits.push(domain === undefined ? { told } : { domain, told })
    return { result, announced: Promise.resolve() }
  }
  const commitAndAnnounce = jest.fn<typeof announce.commitAndAnnounce>()
  const clear = () => {
    commits.length = 0
    traceparents.length = 0
    commitAndAnnounce
      .mockReset()
      .mockImplementation((domain, work) => commit(domain, (tell) => work(trx, tell)))
  }
  clear()
  return {
    trx,
    commits,
    /** The place in a trace of each event that was told. */
    traceparents,
    clear,
    commitAndAnnounce,
    commitWithOutbox: ((domain, work) =>
      commit(domain, (tell) => work({ tell, changes: () => [] }))) as typeof announce.commitWithOutbox,
    commitAndPublish: ((work) => commit(undefined, work)) as typeof announce.commitAndPublish,
    publishAfter: (async (work) => (await commit(undefined, work)).result) as typeof announce.publishAfter,
  }
}
