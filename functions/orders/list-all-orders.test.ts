import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const listAllOrders = jest.fn<typeof import('./order-store.ts').listAllOrders>()
jest.unstable_mockModule('./order-store.ts', () => ({ listAllOrders }))
const { handler } = await import('./list-all-orders.ts')

const route = 'GET /orders'
const order = (id: number) => ({ ...exampleOrder, id }) as Order

/** Answers as a table of `count` orders would, ids from 1. */
const tableOf = (count: number) => async (limit: number, before?: number) =>
  Array.from({ length: count }, (_, index) => order(count - index))
    .filter(({ id }) => id < (before ?? Number.POSITIVE_INFINITY))
    .slice(0, limit)

beforeEach(() => {
  listAllOrders.mockReset().mockImplementation(tableOf(3))
})

describe('GET /orders', () => {
  itKeepsTheEndpointPromises(handler, {
    request: { route },
    fails: (error) => listAllOrders.mockRejectedValueOnce(error),
  })

  it('answers 200 with the orders newest first, and no Link when that is all', async () => {
    const answer = await send(handler, { route })

    expect(answer.statusCode).toBe(200)
    expect(answer.body).toEqual([order(3), order(2), order(1)])
    expect(answer.headers.link).toBeUndefined()
  })

  it('links to the next page while there is more, which begins below the last order shown', async () => {
    listAllOrders.mockImplementation(tableOf(5))

    const first = await send(handler, { route, query: { limit: '2' } })
    const [, next = ''] = /^<(\/orders\?.+)>; rel="next"$/.exec(first.headers.link ?? '') ?? []
    const second = await send(handler, {
      route,
      query: Object.fromEntries(new URL(next, 'http://shop').searchParams),
    })

    expect(first.body).toEqual([order(5), order(4)])
    expect(second.body).toEqual([order(3), order(2)])
  })
})
