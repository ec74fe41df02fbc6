import { consumer } from '@stockroom/messaging/consumer'
import { orderCancelled, stockReturned } from '@stockroom/messaging/events'
import { largestStock } from './movement.ts'
import { decideReturns, type StockReturn } from './stock.ts'
import { type Decidable, type Decided, decideBatch } from './stock-batch.ts'
import { enterReturns } from './stock-store.ts'

/** An order that has given its stock back keeps that; one whose stock wasn't decided yet will get none. */
export const handler = consumer([orderCancelled], (batch) => decideBatch(batch, giveBack, returnedEvent))

function giveBack({ orders, ledger, stock }: Decidable): Decided<StockReturn> {
  const { returns, remaining, entries } = decideReturns(orders, ledger, stock, largestStock)
  const isEarlier = ({ outcome }: StockReturn) => outcome === 'returned-before'
  return {
    entry: entries.length > 0 ? enterReturns(entries, remaining) : undefined,
    outcomes: returns.filter((one) => !isEarlier(one)),
    earlier: returns.filter(isEarlier),
  }
}

function returnedEvent({ orderId, productId, returned }: StockReturn, timestamp: string) {
  return stockReturned.of({ orderId, productId, quantity: returned, timestamp })
}
