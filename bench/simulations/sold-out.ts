import { below, type Random } from './random.ts'

/** What becomes of an order whose own bucket has too little: it is refused, or asks other buckets. */
export interface Routing {
  name: string
  /** Buckets that an order asks after its own one. */
  furtherBuckets: number
  /** Whether all buckets are poured into one row as soon as none of those that an order asks has enough. */
  mergesOnShortage: boolean
}

export interface Sale {
  /** Pieces in all, in equal parts in the buckets at first. */
  stock: number
  buckets: number
  /** Pieces that each order wants, in the order of their arrival. */
  quantities: readonly number[]
  routing: Routing
}

/** How a sale went. */
export interface SaleResult {
  sold: number
  /** Pieces left that somebody wanted. */
  left: number
  /** Orders that were refused although all buckets together had enough. */
  wronglyRefused: number
  /** Pieces that were left when that happened for the first time; undefined when it never did. */
  leftAtFirstWrongRefusal: number | undefined
  /** Buckets that were asked, by order, on average. */
  asked: number
  /** Pieces that were sold from one row, after the buckets were merged. */
  soldFromOneRow: number
}

/** Sells the stock of one product, split in buckets, to orders that come one after the other, each to a bucket by chance. */
export function sell({ stock, buckets, quantities, routing }: Sale, random: Random): SaleResult {
  let parts = split(stock, buckets)
  let left = stock
  let leftAtMerge = 0
  let wronglyRefused = 0
  let leftAtFirstWrongRefusal: number | undefined
  let asked = 0
  for (const quantity of quantities) {
    let bucket = find(parts, quantity, routing.furtherBuckets, below(parts.length, random))
    asked += bucket.asked
    if (bucket.index === undefined && routing.mergesOnShortage && parts.length > 1) {
      parts = [left]
      leftAtMerge = left
      bucket = find(parts, quantity, 0, 0)
      asked += bucket.asked
    }
    if (bucket.index !== undefined) {
      parts[bucket.index] = (parts[bucket.index] as number) - quantity
      left -= quantity
    } else if (quantity <= left) {
      wronglyRefused += 1
      leftAtFirstWrongRefusal ??= left
    }
  }
  return {
    sold: stock - left,
    left,
    wronglyRefused,
    leftAtFirstWrongRefusal,
    asked: asked / quantities.length,
    soldFromOneRow: leftAtMerge === 0 ? 0 : leftAtMerge - left,
  }
}

/** Equal parts, the first ones one piece larger where it doesn't go even. */
export function split(stock: number, buckets: number): number[] {
  const part = Math.floor(stock / buckets)
  return Array.from({ length: buckets }, (_, index) => part + (index < stock % buckets ? 1 : 0))
}

/** The first bucket from `home` on that has enough, and how many were asked. */
function find(
  parts: readonly number[],
  quantity: number,
  further: number,
  home: number,
): { index: number | undefined; asked: number } {
  const most = Math.min(parts.length, 1 + further)
  for (let step = 0; step < most; step += 1) {
    const index = (home + step) % parts.length
    if ((parts[index] as number) >= quantity) return { index, asked: step + 1 }
  }
  return { index: undefined, asked: most }
}
