import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { exampleOrder } from '../orders/order.ts'
import { exampleHealth } from './health.ts'

process.env.LOG_LEVEL = 'silent'
const readHealth = jest.fn<typeof import('./shop-health.ts').readHealth>()
const readOrderPace = jest.fn<typeof import('../orders/order-pace.ts').readOrderPace>()
const readSales = jest.fn<typeof import('../products/sales.ts').readSales>()
const countQueues = jest.fn<typeof import('@stockroom/messaging/queue-counts').countQueues>()
const outboxBacklog = jest.fn<typeof import('@stockroom/database/outbox-backlog').outboxBacklog>()
jest.unstable_mockModule('./shop-health.ts', () => ({ readHealth }))
jest.unstable_mockModule('../orders/order-pace.ts', () => ({ readOrderPace }))
jest.unstable_mockModule('../products/sales.ts', () => ({ readSales }))
jest.unstable_mockModule('@stockroom/messaging/queue-counts', () => ({ countQueues }))
jest.unstable_mockModule('@stockroom/database/outbox-backlog', () => ({ outboxBacklog }))
const { handler } = await import('./get-overview.ts')

const route = 'GET /admin/overview'
const latest = { ...exampleOrder, status: 'pending' as const, requestId: 'request-1' }
const queue = { name: 'stock-reduction', ready: 3, consumers: 1, deadLetters: 2 }
const mug = { id: 7, name: 'Mug', price: 12.5, qty: 4 }

beforeEach(() => {
  readHealth.mockResolvedValue(exampleHealth)
  readOrderPace.mockResolvedValue({
    seconds: [{ second: 1_795_000_000, accepted: 2, confirmed: 1, rejected: 1, p50Ms: 30, p95Ms: 40 }],
    settling: null,
    pending: [
      { productId: 7, orders: 2, quantity: 5, ageSeconds: 1.5 },
      { productId: 8, orders: 1, quantity: 1, ageSeconds: 4 },
    ],
    latest: [latest],
    ordered: [7],
  })
  readSales.mockResolvedValue([{ ...mug, sold: 6 }])
  countQueues.mockResolvedValue([queue])
  outboxBacklog.mockResolvedValue({ events: 1, ageSeconds: 0.5 })
})

describe('GET /admin/overview', () => {
  itKeepsTheEndpointPromises(handler, { request: { route } })

  it('shows what is, with what pending orders want of each product', async () => {
    const { statusCode, body } = await send(handler, { route })

    expect(statusCode).toBe(200)
    expect(body).toEqual({
      health: exampleHealth,
      orders: {
        ...{ pending: 3, oldestPendingSeconds: 4, settling: null, latest: [latest] },
        seconds: [
          { at: '2026-11-18T11:06:40.000Z', accepted: 2, confirmed: 1, rejected: 1, p50Ms: 30, p95Ms: 40 },
        ],
      },
      products: [{ ...mug, sold: 6, reserved: 5 }],
      queues: [queue],
      outboxes: [
        { name: 'products', events: 1, ageSeconds: 0.5 },
        { name: 'orders', events: 1, ageSeconds: 0.5 },
      ],
    })
  })

  it('leaves out what is away, and shows the rest', async () => {
    readOrderPace.mockRejectedValue(new Unavailable('database', 'connect ECONNREFUSED'))
    countQueues.mockRejectedValue(new Unavailable('broker', 'not connected'))

    const { statusCode, body } = await send(handler, { route })

    expect(statusCode).toBe(200)
    expect(body).toMatchObject({ orders: null, queues: null, products: [{ ...mug, reserved: 0 }] })
    expect(readSales).toHaveBeenLastCalledWith([])
  })
})
