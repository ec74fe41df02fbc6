import { jest } from '@jest/globals'
import type { Transaction } from '@stockroom/database/query'
import type { commitAndAnnounce, commitAndPublish, Tell } from '@stockroom/messaging/announce'
import type { ShopEvent } from '@stockroom/messaging/events'

/** What a transaction committed: its domain and the events that it told, each with its correlation id. */
interface Commit {
  domain: string
  told: { event: ShopEvent; correlationId: string | undefined }[]
}

/** Doubles of commitAndAnnounce and commitAndPublish that note what was committed and told; what rolls back leaves no trace. */
export function announcements() {
  const trx = { of: 'the test' } as unknown as Transaction
  const commits: Commit[] = []
  const traceparents: (string | undefined)[] = []
  const commit = async (
    domain: string,
    work: (trx: Transaction, tell: Tell) => Promise<unknown>,
  ): Promise<{ result: unknown; announced: Promise<void> }> => {
    const told: Commit['told'] = []
    const result = await work(trx, (event, correlationId, traceparent) => {
      told.push({ event, correlationId })
      traceparents.push(traceparent)
    })
    commits.push({ domain, told })
    return { result, announced: Promise.resolve() }
  }
  const double = jest.fn(commit)
  const clear = () => {
    commits.length = 0
    traceparents.length = 0
    double.mockReset().mockImplementation(commit)
  }
  return {
    trx,
    commits,
    /** The place in a trace of each event that was told. */
    traceparents,
    clear,
    commitAndAnnounce: double as unknown as jest.Mock<typeof commitAndAnnounce>,
    commitAndPublish: (async (domain, work) =>
      (await commit(domain, work)).result) as typeof commitAndPublish,
  }
}
