import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Domain } from '@stockroom/database/connection'
import { claimOutboxRows, type OutboxRow, outboxChange, postponeOutboxRows } from '@stockroom/database/outbox'
import { outboxBacklog } from '@stockroom/database/outbox-backlog'
import { query, type Transaction, transaction } from '@stockroom/database/query'
import { commitWithOutbox } from '@stockroom/messaging/commit-and-publish'
import { orderConfirmed } from '@stockroom/messaging/events'
import { workUnderWay } from '@stockroom/runtime/before-freeze'
import { eventually } from '../../../bench/processes/eventually.ts'
import { handler as publishPendingEvents } from '../../../functions/operations/publish-pending-events.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { RecordingBroker } from '../../support/recording-broker.ts'
import { traceparentOf } from '../../support/rmq-event.ts'

// There an invocation has to wait for the broker.
process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'

const own = ownServices()
const broker = RecordingBroker.inPlace()

beforeEach(() => own.sql('truncate orders.outbox, products.outbox'))

const event = (orderId: number) =>
  orderConfirmed.of({ orderId, productId: 7, quantity: 1, timestamp: '2026-11-21T12:00:00.000Z' })

/** A row with one event for each order. */
const row = (...orderIds: number[]): OutboxRow => ({
  id: randomUUID(),
  events: orderIds.map((orderId) => ({
    messageId: `order.confirmed:${orderId}`,
    ...event(orderId),
    correlationId: `request-${orderId}`,
    traceparent: traceparentOf(orderId),
    createdAt: '2026-11-21T12:00:00.000Z',
  })),
})

async function change(
  trx: Transaction,
  changes: Partial<Parameters<typeof outboxChange>[1]>,
  domain: Domain = 'orders',
) {
  for (const { sql, bindings } of outboxChange(domain, { add: row(), remove: [], ...changes }))
    await query(trx, sql, bindings)
}

/** Rows that were left over: the turn of whoever wrote them is past. */
async function leaveBehind(count: number, domain: Domain = 'orders'): Promise<OutboxRow[]> {
  const rows = Array.from({ length: count }, (_, n) => row(n + 1))
  await transaction(domain, async (trx) => {
    for (const add of rows) await change(trx, { add }, domain)
  })
  await makeDue()
  return rows
}

async function makeDue(): Promise<void> {
  for (const domain of ['orders', 'products'])
    await own.sql(`update ${domain}.outbox set next_attempt_at = now() - interval '1 second'`)
}

/** What waits in the outbox of orders, each with its failures and the seconds from the transaction's begin to its next turn. */
const waiting = (trx: Transaction) =>
  query<{ attempts: number; seconds: number }>(
    trx,
    'select attempts, round(extract(epoch from next_attempt_at - now()))::int as seconds from orders.outbox',
  )

const sweep = () => publishPendingEvents({}, lambdaContext()) as Promise<{ products: number; orders: number }>

/** The messages that wait in the outbox of orders. */
async function left(): Promise<string[]> {
  const rows = await own.sql<{ id: string }>(
    `select event->>'messageId' as id from orders.outbox, json_array_elements(events) as event
      order by (event->'body'->>'orderId')::int`,
  )
  return rows.map(({ id }) => id)
}
const messageOf = (of: OutboxRow | undefined) => of?.events[0]?.messageId
const published = () => broker.published.map(({ options }) => options.messageId)

describe('commitWithOutbox', () => {
  it('publishes what was told once it is committed, and forgets what the broker has confirmed', async () => {
    const result = await commitWithOutbox('orders', async (_trx, record) => {
      record(event(1), 'request-1', traceparentOf(1))
      record(event(2), undefined)
      return 'done'
    })
    await workUnderWay()

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
    const failing = commitWithOutbox('orders', async (_trx, record) => {
      record(event(1), 'request-1')
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

    await commitWithOutbox('orders', async (_trx, record) => record(event(1), 'request-1'))
    await workUnderWay()

    expect(await rowsAtPublishing).toEqual(published())
  })

  it('keeps the events of a commit until the broker has confirmed all of them', async () => {
    const commit = (...orderIds: number[]) =>
      commitWithOutbox('orders', async (_trx, record) => {
        for (const orderId of orderIds) record(event(orderId), undefined)
      })
    broker.confirms = ({ body }) => body.orderId !== 2

    await commit(1, 2, 3)
    await commit(4, 5)
    await workUnderWay()

    await eventually(async () => (await left()).length === 3)
    expect(await left()).toEqual([1, 2, 3].map((orderId) => `order.confirmed:${orderId}`))
  })
})

describe('outboxBacklog', () => {
  it('tells how many events wait in a domain, and how long the oldest has', async () => {
    await leaveBehind(2)
    await own.sql("update orders.outbox set created_at = now() - interval '90 seconds'")

    const { events, ageSeconds } = await outboxBacklog('orders')

    expect(events).toBe(2)
    expect(ageSeconds).toBeGreaterThanOrEqual(90)
    expect(ageSeconds).toBeLessThan(100)
    expect(await outboxBacklog('products')).toEqual({ events: 0, ageSeconds: 0 })
  })
})

describe('outboxChange', () => {
  it('removes rows whose events were confirmed, in the transaction that adds another', async () => {
    const [first, second] = await leaveBehind(2)
    const added = row(3, 4)

    await transaction('orders', (trx) => change(trx, { add: added, remove: [first?.id as string] }))

    expect(await left()).toEqual(
      [second, added].flatMap((one) => one?.events.map(({ messageId }) => messageId)),
    )
  })

  it('leaves a row alone that a sweep holds, and does not wait for it', async () => {
    const [held, free] = await leaveBehind(2)

    await transaction('orders', async (sweeping) => {
      await claimOutboxRows(sweeping, 'orders', 1)
      await transaction('orders', (trx) => change(trx, { remove: [held?.id as string, free?.id as string] }))
    })

    expect(await left()).toHaveLength(1)
  })
})

describe('claimOutboxRows', () => {
  it('leaves a row to whoever wrote it for the first five seconds', async () => {
    const { claimed, left } = await transaction('orders', async (trx) => {
      await change(trx, { add: row(1) })
      return { claimed: await claimOutboxRows(trx, 'orders', 10), left: await waiting(trx) }
    })

    expect(claimed).toEqual([])
    expect(left).toEqual([{ attempts: 0, seconds: 5 }])
  })

  it('gives back an event of an instance that knew no rows for whole commits', async () => {
    await own.sql(
      `insert into orders.outbox (id, message_id, name, body, correlation_id, created_at, next_attempt_at)
       values (gen_random_uuid(), 'order.confirmed:1', 'order.confirmed', $1, 'request-1', '2026-11-21T12:00:00Z', now())`,
      [JSON.stringify(event(1).body)],
    )

    const { orders } = await sweep()

    expect(orders).toBe(1)
    expect(broker.published).toEqual([
      expect.objectContaining({
        body: event(1).body,
        options: expect.objectContaining({ messageId: 'order.confirmed:1', correlationId: 'request-1' }),
      }),
    ])
  })
})

describe('postponeOutboxRows', () => {
  it('puts a row off for 2 s, then doubling up to a minute, also after more failures than a number can double', async () => {
    const [{ id = '' } = {}] = await leaveBehind(1)
    const postponed: unknown[] = []

    for (const attempts of [0, 1, 2, 3, 4, 5, 6, 1100]) {
      await own.sql('update orders.outbox set attempts = $1', [attempts])
      const rows = await transaction('orders', async (trx) => {
        await postponeOutboxRows(trx, 'orders', [id])
        return waiting(trx)
      })
      postponed.push(...rows.map((row) => [row.attempts, row.seconds]))
    }

    expect(postponed).toEqual([
      ...[2, 4, 8, 16, 32, 60, 60].map((seconds, failures) => [failures + 1, seconds]),
      [1101, 60],
    ])
  })
})

describe('publishPendingEvents', () => {
  it('publishes what was left in both outboxes, and says how much', async () => {
    await leaveBehind(2, 'products')
    const rows = await leaveBehind(3)

    const outcome = await sweep()

    expect(outcome).toEqual({ products: 2, orders: 3 })
    expect(published()).toEqual(expect.arrayContaining(rows.map(messageOf)))
    const third = broker.published.find(({ options }) => options.messageId === messageOf(rows[2]))
    expect(third?.options).toMatchObject({ correlationId: 'request-3', type: 'order.confirmed' })
    expect(await left()).toEqual([])
  })

  it('keeps what the broker does not confirm for later', async () => {
    const rows = await leaveBehind(3)
    broker.confirms = ({ body }) => body.orderId === 2

    const { orders } = await sweep()
    const next = await sweep()

    expect(orders).toBe(1)
    expect(await left()).toEqual([messageOf(rows[0]), messageOf(rows[2])])
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
    const held = await transaction('orders', waiting)
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
    expect(new Set(published())).toEqual(new Set(rows.map(messageOf)))
  })
})
