import { describe, expect, it } from '@jest/globals'
import { type Reservation, reserveConcurrency } from './concurrency.ts'

function reserved(reservations: Record<string, Reservation>) {
  const functions = { createOrder: {}, reduceStock: {} }
  reserveConcurrency(functions, reservations)
  return functions
}

describe('reserveConcurrency', () => {
  it('reserves what is given as a number or as the text of one, and nothing for none', () => {
    expect(reserved({ createOrder: '800', reduceStock: 1 })).toEqual({
      createOrder: { reservedConcurrency: 800 },
      reduceStock: { reservedConcurrency: 1 },
    })
    expect(reserved({ createOrder: 'none' })).toEqual({ createOrder: {}, reduceStock: {} })
  })

  it.each(['0', '', 'many', 1.5])('refuses %j, with which the function would never run', (reservation) => {
    expect(() => reserved({ createOrder: reservation })).toThrow(
      `createOrder can't have the concurrency ${reservation}: a number from 1 on, or none.`,
    )
  })

  it('refuses a function that is not there', () => {
    expect(() => reserved({ createOrders: 1 })).toThrow(
      'custom.concurrency names createOrders, which is no function.',
    )
  })
})
