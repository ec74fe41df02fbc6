import { expect, it } from '@jest/globals'
import { productDeleted, stockReduced, stockRejected } from './events.ts'

const timestamp = '2026-11-21T10:00:00.000Z'
const sold = { orderId: 1, productId: 7, quantity: 2, timestamp }
const unsold = { orderId: 1, productId: 7, reason: 'insufficient-stock', timestamp }

it('a body may have members that nobody knows yet', () => {
  expect(stockReduced.isBody({ ...sold, later: true })).toBe(true)
})

it.each([
  ['a member that is missing', stockReduced.isBody({ ...sold, timestamp: undefined })],
  ['an id below 1', productDeleted.isBody({ id: 0 })],
  ['a quantity below 1', stockReduced.isBody({ ...sold, quantity: 0 })],
  ['a quantity that is not whole', stockReduced.isBody({ ...sold, quantity: 1.5 })],
  ['a reason that the shop does not know', stockRejected.isBody({ ...unsold, reason: 'bad mood' })],
])('a body has not %s', (_, isBody) => {
  expect(isBody).toBe(false)
})
