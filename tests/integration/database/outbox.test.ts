import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  changeOutbox,
  claimPendingEvents,
  type OutboxEvent,
  postponeEvents,
} from '@stockroom/database/outbox'
import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { transaction } from '@stockroom/database/query'
import { commitAndAnnounce } from '@stockroom/messaging/announce'
import { orderConfirmed } from '@stockroom/messaging/events'
import { handler as publishPendingEvents } from '../../../functions/operations/publish-pending-events.ts'
import { eventually } from '../../support/eventually.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { runSql } from '../../support/test-database.ts'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(async () => {
  broker.reset()
  await runSql(own.databaseUrl, 'truncate orders.outbox, products.outbox')
})

const event = (orderId: number) =>
  orderConfirmed.of({ orderId, productId: 7, quantity: 1, timestamp: '2026-11-21T12:00:00.000Z' })

/** A trace for each order. */
const traceparentOf = (orderId: number) => `00-${String(orderId).padStart(32, '0')}-b7ad6b7169203331-01`

const row = (orderId: number, id = randomUUID()): OutboxEvent => ({
  id,
  messageId: id,
  ...event(orderId),
  correlationId: `request-${orderId}`,
  traceparent: traceparentOf(orderId),
  createdAt: '2026-11-21T12:00:00.000Z',
  attempts: 0,
})

/** Rows that were left over: the turn of whoever wrote them is past. */
async function leaveBehind(count: number, domain: 'orders' | 'products' = 'orders'): Promise<OutboxEvent[]> {
  const rows = Array.from({ length: count }, (_, n) => row(n + 1))
  await transaction(domain, (trx) => changeOutbox(trx, domain, { add: rows, remove: [] }))
  await makeDue()
  return rows
}

async function makeDue(): Promise<void> {
  for (const domain of ['orders', 'products']) {
    await runSql(own.databaseUrl, `update ${domain}.outbox set next_attempt_at = now() - interval '1 second'`)
  }
}

/** What waits in the outbox of orders, each with its failures and the seconds until its next turn, up to the next 20. */
const waiting = () =>
  runSql<{ id: string; attempts: number; seconds: number }>(
    own.databaseUrl,
    `select id, attempts, 20 * ceil(extract(epoch from next_attempt_at - now()) / 20)::int as seconds
       from orders.outbox`,
  )

const sweep = () => publishPendingEvents({}, lambdaContext()) as Promise<{ products: number; orders: number }>

const left = async () =>
  (
    await runSql<{ id: string }>(
      own.databaseUrl,
      'select message_id as id from orders.outbox order by (body->>$1)::int',
      ['orderId'],
    )
  ).map(({ id }) => id)
const published = () => broker.published.map(({ options }) => options.messageId)

describe('commitAndAnnounce', () => {
  // There `announced` waits for the broker.
  beforeEach(() => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
  })

  afterEach(() => {
    delete process.env.AWS_LAMBDA_RUNTIME_API
  })

  it('publishes what was told once it is committed, and forgets what the broker has confirmed', async () => {
    const { result, announced } = await commitAndAnnounce('orders', async (_trx, tell) => {
      tell(event(1), 'request-1', traceparentOf(1))
      tell(event(2), undefined)
      return 'done'
    })
    await announced

    expect(result).toBe('done')
    expect(broker.published).toEqual([
      {
        exchange: 'shop.events',
        routingKey: 'order.confirmed',
        body: event(1).body,
        options: {
          messageId: 'order.confirmed:1',
          type: 'order.confirmed',
          timestamp: expect.any(Number),
          correlationId: 'request-1',
          appId: 'stockroom',
          contentType: 'application/json',
          headers: { 'schema-version': 1, traceparent: traceparentOf(1) },
          persistent: true,
          mandatory: expect.any(Boolean),
        },
      },
      expect.objectContaining({ body: event(2).body }),
    ])
    await eventually(async () => (await left()).length === 0)
  })

  it('leaves no event and publishes none when the transaction fails', async () => {
    const failing = commitAndAnnounce('orders', async (_trx, tell) => {
      tell(event(1), 'request-1')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')

    expect(await left()).toEqual([])
    expect(broker.published).toEqual([])
  })

  it('has the event in the database at the commit, before anything is published', async () => {
    let rowsAtPublishing: Promise<string[]> | undefined
    broker.confirms = () => {
      rowsAtPublishing ??= left()
      return false
    }

    const { announced } = await commitAndAnnounce('orders', async (_trx, tell) => tell(event(1), 'request-1'))
    await announced

    expect(await rowsAtPublishing).toEqual(published())
  })

  it('keeps exactly the events that the broker did not confirm', async () => {
    broker.confirms = ({ body }) => body.orderId !== 2

    const { announced } = await commitAndAnnounce('orders', async (_trx, tell) => {
      for (const orderId of [1, 2, 3]) tell(event(orderId), undefined)
    })
    await announced

    const [, second] = published()
    await eventually(async () => (await left()).length === 1)
    expect(await left()).toEqual([second])
  })
})

describe('outboxBacklog', () => {
  it('tells how many events wait in a domain, and how long the oldest has', async () => {
    await leaveBehind(2)
    await runSql(own.databaseUrl, "update orders.outbox set created_at = now() - interval '90 seconds'")

    const { events, ageSeconds } = await outboxBacklog('orders')

    expect(events).toBe(2)
    expect(ageSeconds).toBeGreaterThanOrEqual(90)
    expect(ageSeconds).toBeLessThan(100)
    expect(await outboxBacklog('products')).toEqual({ events: 0, ageSeconds: 0 })
  })
})

describe('changeOutbox', () => {
  it('removes the events that were confirmed, in the transaction that adds others', async () => {
    const [first, second] = await leaveBehind(2)
    const added = row(3)

    await transaction('orders', (trx) =>
      changeOutbox(trx, 'orders', { add: [added], remove: [first?.id as string] }),
    )

    expect(await left()).toEqual([second?.id, added.id])
  })

  it('leaves an event alone that a sweep holds, and does not wait for it', async () => {
    const [held, free] = await leaveBehind(2)

    await transaction('orders', async (sweeping) => {
      await claimPendingEvents(sweeping, 'orders', 1)
      await transaction('orders', (trx) =>
        changeOutbox(trx, 'orders', { add: [], remove: [held?.id as string, free?.id as string] }),
      )
    })

    expect(await left()).toHaveLength(1)
  })
})

describe('claimPendingEvents', () => {
  it('leaves an event to whoever wrote it for the first five seconds', async () => {
    await transaction('orders', (trx) => changeOutbox(trx, 'orders', { add: [row(1)], remove: [] }))

    const claimed = await transaction('orders', (trx) => claimPendingEvents(trx, 'orders', 10))

    expect(claimed).toEqual([])
    const [{ seconds } = {}] = await runSql<{ seconds: number }>(
      own.databaseUrl,
      'select extract(epoch from next_attempt_at - now())::float as seconds from orders.outbox',
    )
    expect(seconds).toBeGreaterThan(3)
    expect(seconds).toBeLessThanOrEqual(5)
  })

  it('gives back an event as it was added', async () => {
    const [added] = await leaveBehind(1)

    const claimed = await transaction('orders', (trx) => claimPendingEvents(trx, 'orders', 10))

    expect(claimed).toEqual([added])
  })

  it('gives two sweeps at once different events, and makes neither wait', async () => {
    const rows = await leaveBehind(4)

    const [first, second] = await transaction('orders', async (trx) => {
      const mine = await claimPendingEvents(trx, 'orders', 3)
      const others = await transaction('orders', (other) => claimPendingEvents(other, 'orders', 3))
      return [mine, others]
    })

    expect(first).toHaveLength(3)
    expect(second).toHaveLength(1)
    expect([...(first ?? []), ...(second ?? [])].map(({ id }) => id).sort()).toEqual(
      rows.map(({ id }) => id).sort(),
    )
  })
})

describe('postponeEvents', () => {
  it('puts an event off for 2 s, then doubling up to a minute, and counts', async () => {
    const [{ id = '' } = {}] = await leaveBehind(1)
    const pauses: number[] = []

    for (let failure = 0; failure < 7; failure += 1) {
      await transaction('orders', (trx) => postponeEvents(trx, 'orders', [id]))
      const [{ seconds = 0 } = {}] = await runSql<{ seconds: number }>(
        own.databaseUrl,
        'select round(extract(epoch from next_attempt_at - now()))::int as seconds from orders.outbox',
      )
      pauses.push(seconds)
    }

    expect(pauses).toEqual([2, 4, 8, 16, 32, 60, 60])
    await makeDue()
    const [{ attempts } = {}] = await transaction('orders', (trx) => claimPendingEvents(trx, 'orders', 1))
    expect(attempts).toBe(7)
  })
})

describe('an event that has failed more often than a number can double', () => {
  it('is put off for a minute, and the others go', async () => {
    const rows = await leaveBehind(3)
    await runSql(own.databaseUrl, 'update orders.outbox set attempts = 1100 where id = $1', [rows[1]?.id])
    broker.confirms = ({ body }) => body.orderId !== 2

    const { orders } = await sweep()

    expect(orders).toBe(2)
    expect(await waiting()).toEqual([{ id: rows[1]?.id, attempts: 1101, seconds: 60 }])
  })
})

describe('publishPendingEvents', () => {
  it('publishes what was left in both outboxes, and says how much', async () => {
    await leaveBehind(2, 'products')
    const rows = await leaveBehind(3)

    const outcome = await sweep()

    expect(outcome).toEqual({ products: 2, orders: 3 })
    expect(published()).toEqual(expect.arrayContaining(rows.map(({ id }) => id)))
    const third = broker.published.find(({ options }) => options.messageId === rows[2]?.id)
    expect(third?.options).toMatchObject({ correlationId: 'request-3', type: 'order.confirmed' })
    expect(await left()).toEqual([])
  })

  it('publishes more than one transaction holds', async () => {
    const rows = await leaveBehind(1201)

    const { orders } = await sweep()

    expect(orders).toBe(1201)
    expect(new Set(published()).size).toBe(rows.length)
    expect(await left()).toEqual([])
  })

  it('keeps what the broker does not confirm for later', async () => {
    const rows = await leaveBehind(3)
    broker.confirms = ({ body }) => body.orderId === 2

    const { orders } = await sweep()
    const next = await sweep()

    expect(orders).toBe(1)
    expect(await left()).toEqual([rows[0]?.id, rows[2]?.id])
    expect(next.orders).toBe(0)
    expect(broker.published).toHaveLength(3)
  })

  it('publishes nothing while the broker takes no messages, and puts no event off', async () => {
    await leaveBehind(3)
    await sweep()
    await leaveBehind(2)
    broker.block()

    for (let times = 0; times < 3; times += 1)
      await expect(sweep()).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    const held = await waiting()
    broker.reset()

    expect(held.map(({ attempts }) => attempts)).toEqual([0, 0])
    expect((await sweep()).orders).toBe(2)
    expect(broker.published).toHaveLength(2)
  })

  it('publishes each event once when two instances sweep at once', async () => {
    const rows = await leaveBehind(600)

    const outcomes = await Promise.all([sweep(), sweep()])

    expect(outcomes.reduce((sum, { orders }) => sum + orders, 0)).toBe(600)
    expect(published()).toHaveLength(600)
    expect(new Set(published())).toEqual(new Set(rows.map(({ id }) => id)))
  })

  it('has nothing to do when nothing is left', async () => {
    expect(await sweep()).toEqual({ products: 0, orders: 0 })
  })
})
