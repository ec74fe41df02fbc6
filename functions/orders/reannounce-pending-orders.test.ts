import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { useSink } from '@stockroom/telemetry/metrics'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { recordedCommits } from '../../tests/support/recorded-commits.ts'
import { exampleOrder, type Order } from './order.ts'

process.env.LOG_LEVEL = 'silent'
const { clear, publishAfter } = recordedCommits()
const countOpen = jest.fn<typeof import('./order-store.ts').countOpen>()
const countWaiting = jest.fn<typeof import('@stockroom/messaging/queue-inspection').countWaiting>()
const claimUnsettledOrders = jest.fn<typeof import('./order-store.ts').claimUnsettledOrders>()
const claimReturningOrders = jest.fn<typeof import('./order-store.ts').claimReturningOrders>()
const makeAnnouncementsDue = jest.fn<typeof import('./order-store.ts').makeAnnouncementsDue>()
const pendingAgeSeconds = jest.fn<typeof import('./order-store.ts').pendingAgeSeconds>()
jest.unstable_mockModule('@stockroom/messaging/commit-and-publish', () => ({
  publishAfter,
  commitAndPublish: jest.fn(),
}))
jest.unstable_mockModule('@stockroom/messaging/queue-inspection', () => ({ countWaiting }))
jest.unstable_mockModule('./order-store.ts', () => ({
  claimReturningOrders,
  claimUnsettledOrders,
  makeAnnouncementsDue,
  pendingAgeSeconds,
  countOpen,
}))
jest.unstable_mockModule('./placement-store.ts', () => ({ placeOrders: jest.fn() }))
jest.unstable_mockModule('./recent-orders.ts', () => ({ refreshRecentOrders: jest.fn() }))
const { handler } = await import('./reannounce-pending-orders.ts')

const run = (event = {}) => handler(event, lambdaContext())

beforeEach(() => {
  countOpen.mockReset().mockResolvedValue({ pending: 5000, returning: 0 })
  countWaiting.mockReset().mockResolvedValue(0)
  pendingAgeSeconds.mockReset().mockResolvedValue(90)
  clear()
  const order = exampleOrder as Order
  claimUnsettledOrders.mockReset().mockResolvedValue([
    { order, requestId: 'request-1' },
    { order, requestId: undefined },
  ])
  claimReturningOrders.mockReset().mockResolvedValue([])
  makeAnnouncementsDue.mockReset().mockResolvedValue()
})

describe('reannouncePendingOrders', () => {
  it.each([
    [4800, [[200]]],
    [5000, []],
    [6000, []],
  ])(
    'takes a backlog for no loss: of 5,000 pending orders while %i messages wait',
    async (waiting, claims) => {
      countWaiting.mockResolvedValue(waiting)

      await run()

      expect(claimUnsettledOrders.mock.calls).toEqual(claims)
    },
  )

  it('asks the broker nothing while no order is pending', async () => {
    countOpen.mockResolvedValue({ pending: 0, returning: 0 })

    expect(await run()).toEqual({ reannounced: 0 })
    expect(countWaiting).not.toHaveBeenCalled()
    expect(claimUnsettledOrders).not.toHaveBeenCalled()
  })

  it('takes as many cancelled orders as pending ones leave', async () => {
    countOpen.mockResolvedValue({ pending: 2, returning: 5000 })

    await run()

    expect(claimUnsettledOrders.mock.calls).toEqual([[1000]])
    expect(claimReturningOrders.mock.calls).toEqual([[998]])
  })

  it('records on Lambda alone how long the oldest pending order has waited, also when none can be announced', async () => {
    const recorded: [string, number][] = []
    useSink(({ cloudWatchName }, _labels, value) => recorded.push([cloudWatchName, value]))
    claimUnsettledOrders.mockRejectedValue(new Error('The broker is unavailable: blocked'))

    await expect(run()).rejects.toThrow('blocked')
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    await expect(run()).rejects.toThrow('blocked')
    delete process.env.AWS_LAMBDA_RUNTIME_API
    useSink(undefined)

    expect(recorded).toEqual([['PendingOrderOldestAge', 90]])
  })
})
