import { AsyncLocalStorage } from 'node:async_hooks'
import { DeadlineExceeded } from './deadline.ts'

/** Until when a commit may begin, for the request or the requests whose changes it stores. */
export interface CommitDeadline {
  /** Milliseconds by `performance.now()`. */
  readonly at: number
  /** Asked right before a commit is sent. False when it is too late; once it was true, nobody gives up waiting. */
  beginCommit(): boolean
}

/** Milliseconds after which a request is refused, unless its commit has begun. */
export const answerWithinMs = 1900

const storage = new AsyncLocalStorage<CommitDeadline | undefined>()

/** Runs `work` with a deadline for the commits in it, or with none. */
export function runUntil<Result>(deadline: CommitDeadline | undefined, work: () => Result): Result {
  return storage.run(deadline, work)
}

/** The deadline that the calling code runs under, if there is one. */
export const currentDeadline = (): CommitDeadline | undefined => storage.getStore()

/** The deadline of one request, which begins now. */
export class RequestDeadline implements CommitDeadline {
  readonly at: number
  #state: 'open' | 'committing' | 'given up' = 'open'

  constructor(limitMs: number = answerWithinMs) {
    this.at = performance.now() + limitMs
  }

  beginCommit(): boolean {
    if (this.#state === 'given up' || performance.now() >= this.at) return false
    this.#state = 'committing'
    return true
  }

  /** Whether the request can still be refused as if it had never come; no commit of it begins then. */
  giveUp(): boolean {
    if (this.#state === 'committing') return false
    this.#state = 'given up'
    return true
  }
}

/** The deadline of a commit that several share: that of the most urgent. */
export const sharedDeadline = (deadlines: readonly CommitDeadline[]): CommitDeadline => ({
  at: Math.min(...deadlines.map(({ at }) => at)),
  beginCommit: () => deadlines.every((deadline) => deadline.beginCommit()),
})

/**
 * The value of `work`, which is given up after `limitMs` milliseconds unless a commit of it has begun: such a commit is
 * waited for, and so is what follows it.
 * @throws DeadlineExceeded when it is given up: nothing of it is stored then
 */
export function untilCommit<Value>(work: () => Promise<Value>, limitMs?: number): Promise<Value> {
  const deadline = new RequestDeadline(limitMs)
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      if (deadline.giveUp()) reject(new DeadlineExceeded('The time was over before a commit began'))
    }
    const timer = setTimeout(giveUp, deadline.at - performance.now())
    runUntil(deadline, work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
