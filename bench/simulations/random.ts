/** A source of numbers from 0 to below 1. */
export type Random = () => number

/** The same numbers for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from 0 to below `end`. */
export const below = (end: number, random: Random): number => Math.floor(random() * end)

/** The time to the next of events that come at random, `perSecond` of them on average. */
export const nextArrivalMs = (perSecond: number, random: Random): number =>
  (-Math.log(1 - random()) / perSecond) * 1000
