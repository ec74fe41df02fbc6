import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { seed } from '../../tests/support/seed.ts'
import { decideStock, type StockDecision, type StockRequest } from './stock.ts'

fc.configureGlobal({ seed })

const productIds = [1, 2, 3]
const unknownProduct = 9

/** An order means the same whenever it comes: its id tells its product and quantity. */
const orders = fc.uniqueArray(
  fc.record({
    orderId: fc.integer({ min: 1, max: 60 }),
    productId: fc.constantFrom(...productIds, unknownProduct),
    quantity: fc.integer({ min: 1, max: 12 }),
  }),
  { selector: ({ orderId }) => orderId, maxLength: 30 },
)
const stock = fc
  .tuple(...productIds.map(() => fc.integer({ min: 0, max: 40 })))
  .map((quantities) => new Map(productIds.map((id, index) => [id, quantities[index] as number])))

/** Orders in any order, some of them several times, in batches of any size. */
const deliveries = orders.chain((all) =>
  fc
    .tuple(
      fc.shuffledSubarray([...all, ...all, ...all], { minLength: all.length }),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 10 }),
    )
    .map(([some, every, sizes]) => ({ all, batches: split([...some, ...every], sizes) })),
)

function split<Item>(items: Item[], sizes: number[]): Item[][] {
  const batches: Item[][] = []
  for (let begin = 0; begin < items.length; begin += batches.at(-1)?.length ?? 0) {
    batches.push(items.slice(begin, begin + (sizes[batches.length % sizes.length] as number)))
  }
  return batches
}

/** What the consumer does with the rule: it leaves out what the ledger has, and keeps what is left. */
function run(initial: ReadonlyMap<number, number>, batches: readonly StockRequest[][]) {
  const left = new Map(initial)
  const ledger = new Map<number, StockDecision>()
  const entered: StockDecision[] = []
  for (const batch of batches) {
    const { decisions, remaining } = decideStock(
      batch.filter(({ orderId }) => !ledger.has(orderId)),
      left,
    )
    for (const decision of decisions) ledger.set(decision.orderId, decision)
    entered.push(...decisions)
    for (const [id, quantity] of remaining) left.set(id, quantity)
  }
  return { left, entered }
}

describe('decideStock, with any orders in any order of any batches, and any of them again', () => {
  it('decides each order once', () => {
    fc.assert(
      fc.property(stock, deliveries, (initial, { all, batches }) => {
        const { entered } = run(initial, batches)

        expect(entered.map(({ orderId }) => orderId).sort()).toEqual(all.map(({ orderId }) => orderId).sort())
      }),
    )
  })

  it('sells what there is at that moment, to the piece, and rejects only what is more', () => {
    fc.assert(
      fc.property(stock, deliveries, (initial, { batches }) => {
        const left = new Map(initial)

        const { left: remaining, entered } = run(initial, batches)

        for (const { outcome, productId, quantity } of entered) {
          const there = left.get(productId)
          const expected =
            there === undefined ? 'product-not-found' : quantity <= there ? 'sale' : 'insufficient-stock'
          expect(outcome).toBe(expected)
          if (outcome === 'sale') left.set(productId, (there as number) - quantity)
        }
        expect(remaining).toEqual(left)
      }),
    )
  })

  it('comes to the same books in one batch as in many', () => {
    fc.assert(
      fc.property(stock, deliveries, (initial, { batches }) => {
        expect(run(initial, [batches.flat()])).toEqual(run(initial, batches))
      }),
    )
  })

  it('changes neither what it was given nor what it was asked', () => {
    fc.assert(
      fc.property(stock, orders, (initial, requests) => {
        const before = structuredClone({ initial, requests })

        decideStock(requests, initial)

        expect({ initial, requests }).toEqual(before)
      }),
    )
  })
})
