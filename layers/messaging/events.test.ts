import { describe, expect, it } from '@jest/globals'
import {
  type EventDefinition,
  orderConfirmed,
  orderCreated,
  orderRejected,
  productCreated,
  productDeleted,
  productUpdated,
  stockReduced,
  stockRejected,
} from './events.ts'

const timestamp = '2026-11-21T10:00:00.000Z'
const product = { id: 7, name: 'Lamp', price: 19.99, qty: 5, createdAt: timestamp, updatedAt: timestamp }
const order = { orderId: 1, productId: 7, quantity: 2, timestamp }
const rejection = { orderId: 1, productId: 7, reason: 'insufficient-stock', timestamp }

const table: [name: string, body: object, definition: EventDefinition][] = [
  ['product.created', product, productCreated],
  ['product.updated', product, productUpdated],
  ['product.deleted', { id: 7 }, productDeleted],
  ['order.created', { ...order, totalPrice: 39.98 }, orderCreated],
  ['stock.reduced', order, stockReduced],
  ['stock.rejected', rejection, stockRejected],
  ['order.confirmed', order, orderConfirmed],
  ['order.rejected', { ...order, reason: 'product-not-found' }, orderRejected],
]

describe('the events of the shop', () => {
  it.each(table)('have the name and body of the contract: %s', (name, body, definition) => {
    const event = definition.of(body)

    expect(event).toEqual({ name, body })
    expect(definition.isBody(body)).toBe(true)
  })

  it.each(table)('have every member that they promise: %s', (_, body, definition) => {
    for (const member of Object.keys(body)) {
      expect(definition.isBody({ ...body, [member]: undefined })).toBe(false)
    }
  })

  it.each(table)('may have members that nobody knows yet: %s', (_, body, definition) => {
    expect(definition.isBody({ ...body, later: true })).toBe(true)
  })
})
