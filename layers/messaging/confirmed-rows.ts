import { log } from '@stockroom/runtime/logger'

const longestWaitMs = 100

/**
 * Rows of one outbox whose events the broker has confirmed, and that still stand there. Removing them costs no commit of its
 * own while others follow: the next one takes them along.
 */
export class ConfirmedRows {
  readonly #remove: (ids: string[]) => Promise<void>
  #ids: string[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param remove removes rows in a commit of its own, for when no other follows within a moment */
  constructor(remove: (ids: string[]) => Promise<void>) {
    this.#remove = remove
  }

  add(ids: readonly string[]): void {
    this.#ids.push(...ids)
    if (this.#ids.length > 0) this.#timer ??= setTimeout(() => this.flush(), longestWaitMs).unref()
  }

  /** Hands them to a commit that removes them; when it fails, they have to be added again. */
  take(): string[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#ids.splice(0)
  }

  /** Removes them now. Never rejects: what stays is published once more by the sweep, which harms nobody. */
  async flush(): Promise<void> {
    const ids = this.take()
    if (ids.length === 0) return
    await this.#remove(ids).catch((error) => log.debug({ err: error }, 'published events stay in the outbox'))
  }
}
