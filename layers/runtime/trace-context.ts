import { randomFillSync } from 'node:crypto'

/** What the shop itself makes and carries on. */
const canonical = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-0[0-3]$/

/** Version, trace id, parent id, flags; a later version may have more behind them. */
const shape = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/

/** The flags that are known: sampled, and that the trace id is random. */
const knownFlags = 0b11

/**
 * What can be carried on of a `traceparent` from outside, https://www.w3.org/TR/trace-context/#traceparent-header:
 * undefined for one that is malformed, and version 00 for a later one.
 */
export function acceptedTraceparent(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length < 55) return undefined
  if (canonical.test(given)) return given
  const [, version, traceId, parentId, flags, more] = shape.exec(given) ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return undefined
  return `00-${traceId}-${parentId}-0${Number.parseInt(flags as string, 16) & knownFlags}`
}

/** Begins a trace that nobody records: its flags say that it isn't sampled. */
export const newTraceparent = (): string => `00-${randomHex(16)}-${randomHex(8)}-00`

/** The id of the trace that a valid `traceparent` names. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)

const pool = Buffer.alloc(24 * 256)
let used = pool.length

/** Random bytes are fetched many at a time: one call costs more than the bytes. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}
