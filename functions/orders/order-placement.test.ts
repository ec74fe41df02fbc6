import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { announcements } from '../../tests/support/announcements.ts'
import type { Idempotency } from './idempotency.ts'
import type { Order } from './order.ts'
import type { OrderRequest } from './order-placement.ts'
import type { OrderDraft } from './order-store.ts'

const { trx, commits, clear, commitAndAnnounce } = announcements()
const insertOrders = jest.fn<typeof import('./order-store.ts').insertOrders>()
const takeKeys = jest.fn<typeof import('./idempotency-store.ts').takeKeys>()
const rememberOrders = jest.fn<typeof import('./idempotency-store.ts').rememberOrders>()
const refreshRecentOrders = jest.fn<typeof import('./recent-orders.ts').refreshRecentOrders>()
jest.unstable_mockModule('@stockroom/messaging/announce', () => ({ commitAndAnnounce }))
jest.unstable_mockModule('./order-store.ts', () => ({ insertOrders }))
jest.unstable_mockModule('./idempotency-store.ts', () => ({ takeKeys, rememberOrders }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders }))
const { placeOrder } = await import('./order-placement.ts')

const time = '2026-11-21T10:00:00.000Z'
const draft = (productId: number): OrderDraft => ({
  productId,
  quantity: 2,
  unitPrice: 1.5,
  totalPrice: 3,
  requestId: `request-${productId}`,
})
const orderOf = ({ requestId: _, ...rest }: OrderDraft): Order => ({
  ...rest,
  id: 100 + rest.productId,
  status: 'pending',
  reason: null,
  createdAt: time,
  settledAt: null,
})
const idempotencyOf = (key: string): Idempotency => ({ key, fingerprint: `fingerprint of ${key}` })
const request = (productId: number, key?: string): OrderRequest => ({
  draft: draft(productId),
  idempotency: key === undefined ? undefined : idempotencyOf(key),
})

const outcome = ({ taken = [] as string[], locked = [] as string[] }) => ({
  taken: new Set(taken),
  locked: new Set(locked),
})
const all = (wanted: readonly Idempotency[]) => outcome({ taken: wanted.map(({ key }) => key) })

beforeEach(() => {
  clear()
  insertOrders.mockReset().mockImplementation(async (_trx, drafts) => drafts.map(orderOf))
  takeKeys.mockReset().mockImplementation(async (_trx, wanted) => all(wanted))
  rememberOrders.mockReset().mockResolvedValue()
  refreshRecentOrders.mockReset().mockResolvedValue()
})

describe('placeOrder', () => {
  it('stores the order and its event in one commit', async () => {
    const placed = await placeOrder(request(7))

    expect(placed?.order).toEqual(orderOf(draft(7)))
    expect(insertOrders.mock.calls).toEqual([[trx, [draft(7)]]])
    expect(commits).toEqual([
      {
        domain: 'orders',
        told: [
          {
            event: {
              name: 'order.created',
              body: { orderId: 107, productId: 7, quantity: 2, totalPrice: 3, timestamp: time },
            },
            correlationId: 'request-7',
          },
        ],
      },
    ])
  })

  it('shares a commit among the orders that arrive at the same time, and gives each its own', async () => {
    const placed = await Promise.all([1, 2, 3].map((productId) => placeOrder(request(productId))))

    expect(commits).toHaveLength(1)
    expect(placed.map((one) => one?.order.id)).toEqual([101, 102, 103])
    expect(commits[0]?.told.map(({ event, correlationId }) => [event.body, correlationId])).toEqual([
      [expect.objectContaining({ orderId: 101 }), 'request-1'],
      [expect.objectContaining({ orderId: 102 }), 'request-2'],
      [expect.objectContaining({ orderId: 103 }), 'request-3'],
    ])
  })

  it('drops the cached lists of its products after the commit and before it resolves', async () => {
    const steps: string[] = []
    insertOrders.mockImplementation(async (_trx, drafts) => {
      steps.push('insert')
      return drafts.map(orderOf)
    })
    refreshRecentOrders.mockImplementation(async () => {
      steps.push(`refresh after ${commits.length} commit`)
    })

    await placeOrder(request(7)).then(() => steps.push('placed'))

    expect(steps).toEqual(['insert', 'refresh after 1 commit', 'placed'])
    expect(refreshRecentOrders.mock.calls).toEqual([[[orderOf(draft(7))]]])
  })

  it('keeps the answer, and not the next commit, waiting until lists show the order', async () => {
    const { promise: refreshed, resolve: refresh } = Promise.withResolvers<void>()
    refreshRecentOrders.mockReturnValueOnce(refreshed)
    let isTold = false

    const first = await placeOrder(request(1))
    const told = first?.announced.then(() => {
      isTold = true
    })
    await (await placeOrder(request(2)))?.announced
    const wasToldBefore = isTold
    refresh()
    await told

    expect(wasToldBefore).toBe(false)
    expect(commits).toHaveLength(2)
  })

  it('fails for every order of a commit that fails', async () => {
    insertOrders.mockRejectedValueOnce(new Error('no connection'))

    const outcomes = await Promise.allSettled([placeOrder(request(1)), placeOrder(request(2))])

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(refreshRecentOrders).not.toHaveBeenCalled()
  })
})

describe('placeOrder with an idempotency key', () => {
  it('takes the key, stores the order and remembers it in one transaction', async () => {
    const steps: string[] = []
    const noted = (step: string, session: unknown) => {
      steps.push(session === trx ? `${step}, in the transaction` : step)
    }
    takeKeys.mockImplementation(async (session, wanted) => {
      noted('take', session)
      return all(wanted)
    })
    rememberOrders.mockImplementation(async (session) => noted('remember', session))

    await placeOrder(request(7, 'a'))

    expect(steps).toEqual(['take, in the transaction', 'remember, in the transaction'])
    expect(takeKeys.mock.calls).toEqual([[trx, [idempotencyOf('a')], expect.any(Number)]])
    expect(rememberOrders.mock.calls).toEqual([[trx, [{ key: 'a', orderId: 107 }]]])
  })

  it('stores and tells nothing when the key belongs to another order', async () => {
    takeKeys.mockResolvedValue(outcome({}))

    const placed = await placeOrder(request(7, 'a'))

    expect(placed).toBeUndefined()
    expect(insertOrders.mock.calls).toEqual([[trx, []]])
    expect(commits).toEqual([{ domain: 'orders', told: [] }])
  })

  it('gives each of a shared commit its own, whoever is left out', async () => {
    takeKeys.mockResolvedValue(outcome({ taken: ['a', 'c'] }))
    const requests = [request(1, 'a'), request(2, 'b'), request(3), request(4, 'c')]

    const placed = await Promise.all(requests.map(placeOrder))

    expect(placed.map((one) => one?.order.id)).toEqual([101, undefined, 103, 104])
    expect(takeKeys.mock.calls[0]?.[1].map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    expect(rememberOrders.mock.calls[0]?.[1]).toEqual([
      { key: 'a', orderId: 101 },
      { key: 'c', orderId: 104 },
    ])
  })
})

describe('placeOrder with an idempotency key that somebody else is just taking', () => {
  const keysOf = (call: number) => takeKeys.mock.calls[call]?.[1].map(({ key }) => key)

  it('tries again, apart and with more patience', async () => {
    takeKeys.mockResolvedValueOnce(outcome({ locked: ['d'] }))

    const placed = await placeOrder(request(7, 'd'))

    expect(placed?.order.id).toBe(107)
    const [[, , first] = [], [, , second] = []] = takeKeys.mock.calls
    expect(second).toBeGreaterThan(first as number)
  })

  it('stores nothing when the other keeps it', async () => {
    takeKeys.mockResolvedValue(outcome({ locked: ['e'] }))

    expect(await placeOrder(request(7, 'e'))).toBeUndefined()
    expect(insertOrders.mock.calls).toEqual([
      [trx, []],
      [trx, []],
    ])
  })

  it('places the others of its commit at once', async () => {
    takeKeys.mockResolvedValueOnce(outcome({ taken: ['g'], locked: ['f'] }))

    const placed = await Promise.all([request(1, 'f'), request(2, 'g'), request(3)].map(placeOrder))

    expect(placed.map((one) => one?.order.id)).toEqual([101, 102, 103])
    expect(insertOrders.mock.calls[0]?.[1]).toEqual([draft(2), draft(3)])
    expect(keysOf(1)).toEqual(['f'])
  })

  it('keeps a retry away from the others from the beginning', async () => {
    takeKeys.mockImplementation(async (_trx, wanted) =>
      wanted.some(({ key }) => key === 'h') ? outcome({ locked: ['h'] }) : all(wanted),
    )
    await placeOrder(request(1, 'h'))
    takeKeys.mockClear()

    await Promise.all([request(1, 'h'), request(2, 'i')].map(placeOrder))

    expect(takeKeys.mock.calls.map((_, call) => keysOf(call)).sort()).toEqual([['h'], ['i']])
  })
})
