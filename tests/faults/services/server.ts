/** A server that the suite starts, kills and starts again. */
export interface Server {
  /** Its own address, with no proxy before it. */
  readonly url: string
  /** Starts it on its port, with the data that it had; resolves when somebody listens there. */
  start(): Promise<void>
  /** SIGKILL: it has no time to say anything. */
  kill(): Promise<void>
  /** Deletes its data; it must not be running. */
  forget(): Promise<void>
  /** Resolves when it answers in its own protocol. */
  untilItAnswers(): Promise<void>
}
