import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const listAllOrders = jest.fn<typeof import('./order-store.ts').listAllOrders>()
jest.unstable_mockModule('./order-store.ts', () => ({ listAllOrders }))
const { handler } = await import('./list-all-orders.ts')

const route = 'GET /orders'
const [newest, older] = [9, 8].map((id) => ({ ...exampleOrder, id }) as Order) as [Order, Order]

beforeEach(() => {
  listAllOrders.mockReset().mockResolvedValue([newest, older])
})

describe('GET /orders', () => {
  itKeepsTheEndpointPromises(handler, {
    request: { route },
    fails: (error) => listAllOrders.mockRejectedValueOnce(error),
  })

  it('answers 200 with the orders, and no Link when that is all', async () => {
    const answer = await send(handler, { route })

    expect([answer.statusCode, answer.body]).toEqual([200, [newest, older]])
    expect(answer.headers.link).toBeUndefined()
  })

  it('links to the next page while there is more, which begins below the last order shown', async () => {
    const { headers, body } = await send(handler, { route, query: { limit: '1' } })
    const [, cursor = ''] = /^<\/orders\?limit=1&cursor=(\w+)>; rel="next"$/.exec(headers.link ?? '') ?? []
    await send(handler, { route, query: { cursor } })

    expect(body).toEqual([newest])
    expect(listAllOrders.mock.calls).toEqual([
      [2, undefined],
      [21, 9],
    ])
  })
})
