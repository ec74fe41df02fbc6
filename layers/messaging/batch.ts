import type { Received } from './parse-message.ts'

/** What a consumer's handler gets: the healthy messages of the batch, in the order of delivery. */
export interface Batch<Event> {
  messages: Received<Event>[]
  /** The queue that they came from. */
  queue: string
}
