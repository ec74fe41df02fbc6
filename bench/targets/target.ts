import type { BenchServices } from '../services/own-services.ts'

/** Somebody who takes part in the comparison. */
export interface Target {
  name: string
  /** What it is, in the words of the page that shows the figures. */
  description: string
  /** Starts it, on services of its own where it needs any; resolves when it answers. */
  enter(services: BenchServices): Promise<Entrant>
}

/** A target that runs. */
export interface Entrant {
  /** Takes `POST` of {@link orderBody}. */
  url: string
  /** Its processes, each with all below it. */
  pids: readonly number[]
  /** What it has stored; an entrant without books stores nothing. */
  books?: Books
}

/** What an entrant has stored, counted from outside. */
export interface Books {
  /** Orders that are stored. */
  stored(): Promise<number>
  /** Orders of those that still have to be settled. */
  pending(): Promise<number>
  /** The 99th percentile of the milliseconds that its newest `count` orders took to settle; NaN where none are settled. */
  settledP99Ms(count: number): Promise<number>
}

/** One piece of product 1: the same request for everybody. */
export const orderBody = JSON.stringify({ productId: 1, quantity: 1 })
