import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { OutboundMessage } from '@stockroom/messaging/publisher'
import { eventually } from '../../../bench/processes/eventually.ts'
import { runSql } from '../../../bench/services/databases.ts'
import { anotherInstance } from '../../support/another-instance.ts'
import { BrokerClient, bodyOf } from '../../support/broker-client.ts'
import { ownServices } from '../../support/own-services.ts'
import { startSilentServer, TcpProxy } from '../../support/tcp-proxy.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.of(own)

let proxy: TcpProxy
let shop: Awaited<ReturnType<typeof instanceAt>>

const instanceAt = (rabbitmqUrl: string) =>
  anotherInstance({ ...own, rabbitmqUrl }, async () => ({
    ...(await import('@stockroom/messaging/publisher')),
    ...(await import('@stockroom/messaging/broker-connection')),
    ...(await import('@stockroom/messaging/topology')),
    ...(await import('@stockroom/messaging/broker-health')),
    place: (await import('../../support/stories.ts')).place,
    publishPendingEvents: (await import('../../../functions/operations/publish-pending-events.ts')).handler,
    reannouncePendingOrders: (await import('../../../functions/orders/reannounce-pending-orders.ts')).handler,
  }))

beforeAll(async () => {
  proxy = await TcpProxy.inFrontOf(own.rabbitmqUrl, 5672)
  shop = await instanceAt(proxy.addressFor(own.rabbitmqUrl))
  await shop.declareTopology(await shop.openChannel())
})

/** Whatever the test before has broken: connections stand, and nothing waits. */
beforeEach(async () => {
  await eventually(shop.brokerAnswers)
  await eventually(() => isPublished(0))
  await broker.drain('stock-reduction')
})

afterAll(() => proxy.close())

const message = (number: number, members: Partial<OutboundMessage> = {}): OutboundMessage => ({
  exchange: 'shop.events',
  routingKey: 'order.created',
  content: Buffer.from(JSON.stringify({ number })),
  options: { messageId: randomUUID(), persistent: true, mandatory: true },
  ...members,
})

const publishes = (number: number) => shop.publish([message(number)]).catch((error: Error) => error.name)
const isPublished = async (number: number) => (await publishes(number))[0] === true

const draft = (requestId: string) => ({
  productId: 7,
  quantity: 2,
  unitPrice: 4.35,
  totalPrice: 8.7,
  requestId,
})

describe('publish', () => {
  it('tells of each message that the broker has taken it over, a public fact that reaches no queue too, and of no mandatory one', async () => {
    const routingKey = 'nobody.listens'
    const fact = message(3, { routingKey, options: { messageId: randomUUID() } })

    const outcome = await shop.publish([message(1), message(2, { routingKey }), fact, message(4)])

    expect(outcome).toEqual([true, false, true, true])
    const messages = await broker.drain('stock-reduction')
    expect(messages.map(bodyOf)).toEqual([{ number: 1 }, { number: 4 }])
  })

  it('goes on with a channel that the broker has closed for an error', async () => {
    const toNowhere = message(1, { exchange: 'no.such.exchange' })

    expect(await shop.publish([toNowhere])).toEqual([false])
    expect(await shop.publish([message(2)])).toEqual([true])
  })

  it('publishes nothing twice and loses nothing silently when the connection is cut halfway', async () => {
    const messages = Array.from({ length: 2000 }, (_, number) => message(number))

    const publishing = shop.publish(messages)
    await eventually(async () => (await broker.count('stock-reduction')) > 0)
    proxy.cut()
    const outcome = await publishing

    const arrived = (await broker.drain('stock-reduction')).map((one) => bodyOf(one).number as number)
    const confirmed = messages.map((_, number) => number).filter((number) => outcome[number])
    expect(new Set(arrived).size).toBe(arrived.length)
    expect(arrived).toEqual(expect.arrayContaining(confirmed))
  })

  it('is Unavailable while the broker refuses connections, and works when it is back', async () => {
    await proxy.refuse()
    await eventually(async () => (await publishes(1)) === 'Unavailable')

    const outcome = await publishes(2)
    await proxy.accept()

    expect(outcome).toBe('Unavailable')
    await eventually(() => isPublished(3))
  })

  it('gives a silent broker a few seconds, and works when it speaks again', async () => {
    proxy.fallSilent()

    const outcome = await publishes(1)
    proxy.speak()

    expect([[false], 'Unavailable']).toContainEqual(outcome)
    await eventually(() => isPublished(2))
  })

  it('refuses the next message when 16 MiB wait for a silent broker, and takes it when they are answered', async () => {
    const heavy = (number: number) => message(number, { content: Buffer.alloc(2 ** 20) })
    proxy.fallSilent()

    const outcomes: Promise<unknown>[] = []
    const sendAndNote = async (number: number) => {
      const [answer] = await shop.send([heavy(number)])
      outcomes.push(answer as Promise<boolean>)
    }
    for (let number = 0; number < 16; number += 1) await sendAndNote(number)
    const refusal = sendAndNote(16)

    await expect(refusal).rejects.toMatchObject({ name: 'Unavailable', service: 'broker' })
    proxy.speak()
    expect(await Promise.all(outcomes)).toEqual(Array(16).fill(true))
    await eventually(() => isPublished(17))
    await broker.channel.purgeQueue('stock-reduction')
  })

  it('is Unavailable with a broker that has never said a word', async () => {
    const silent = await startSilentServer()
    const newcomer = await instanceAt(`amqp://guest:guest@127.0.0.1:${silent.port}`)

    const publishing = newcomer.publish([message(1)])

    await expect(publishing).rejects.toMatchObject({ name: 'Unavailable' })
    silent.close()
    await newcomer.shutDown()
  })
})

describe('an event', () => {
  it('arrives with everything that the contract promises', async () => {
    const { order } = await shop.place(draft('request-1'))

    const { content, properties, fields } = await broker.next('stock-reduction')

    expect(JSON.parse(content.toString())).toEqual({
      orderId: order.id,
      productId: 7,
      quantity: 2,
      totalPrice: 8.7,
      timestamp: order.createdAt,
    })
    expect(fields).toMatchObject({ exchange: 'shop.events', routingKey: 'order.created' })
    expect(properties).toMatchObject({
      messageId: expect.stringMatching(/^order\.created:\d+$/),
      type: 'order.created',
      timestamp: Math.floor(Date.parse(order.createdAt) / 1000),
      correlationId: 'request-1',
      appId: 'stockroom',
      contentType: 'application/json',
      deliveryMode: 2,
      headers: { 'schema-version': 1 },
    })
  })

  it('of an order that is accepted while the broker is away is told by the sweep of pending orders', async () => {
    await proxy.refuse()
    await eventually(async () => (await publishes(1)) === 'Unavailable')

    const { order } = await shop.place(draft('request-2'))
    await proxy.accept()
    await eventually(shop.brokerAnswers)
    await broker.drain('stock-reduction')
    await runSql(
      own.databaseUrl,
      "update orders.orders set announce_again_at = now() - interval '1 second' where id = $1",
      [order.id],
    )
    await shop.reannouncePendingOrders({}, {} as never)

    expect(bodyOf(await broker.next('stock-reduction'))).toMatchObject({ orderId: order.id })
    expect(await runSql(own.databaseUrl, 'select 1 from orders.outbox')).toEqual([])
  })

  it('that cannot be sent stays in the outbox, and keeps no other from being published', async () => {
    await broker.channel.assertQueue('facts', { exclusive: true })
    await broker.channel.bindQueue('facts', 'shop.events', 'order.confirmed')
    await runSql(
      own.databaseUrl,
      `insert into orders.outbox (id, name, body, correlation_id, created_at, next_attempt_at)
       select gen_random_uuid(), 'order.confirmed', json_build_object('orderId', number),
              case number when 2 then repeat('x', 300) end, now(), now() + number * interval '1 ms'
         from generate_series(1, 3) as number`,
    )
    await eventually(async () => {
      const [row] = await runSql<{ due: boolean }>(
        own.databaseUrl,
        'select bool_and(next_attempt_at <= now()) as due from orders.outbox',
      )
      return row?.due
    })

    await shop.publishPendingEvents({}, {} as never)

    expect((await broker.drain('facts')).map((one) => bodyOf(one).orderId)).toEqual([1, 3])
    expect(await runSql(own.databaseUrl, 'select body, attempts from orders.outbox')).toEqual([
      { body: { orderId: 2 }, attempts: 1 },
    ])
    await runSql(own.databaseUrl, 'delete from orders.outbox')
  })
})

describe('brokerAnswers', () => {
  it.each([
    ['refuses connections', () => proxy.refuse(), () => proxy.accept()],
    ['is silent', async () => proxy.fallSilent(), async () => proxy.speak()],
  ])('is false while it %s, and true again afterwards', async (_how, lose, regain) => {
    await lose()

    await eventually(async () => (await shop.brokerAnswers()) === false)
    await regain()

    await eventually(shop.brokerAnswers)
  })

  it('is false while the exchange is missing, and true once it is there', async () => {
    await broker.channel.deleteExchange('shop.events')

    const without = await shop.brokerAnswers()
    await shop.declareTopology(await shop.openChannel())

    expect(without).toBe(false)
    expect(await shop.brokerAnswers()).toBe(true)
  })
})

describe('shutDown', () => {
  it('comes to its end when the broker has just cut the connection', async () => {
    const other = await instanceAt(proxy.addressFor(own.rabbitmqUrl))
    expect(await other.publish([message(1)])).toEqual([true])
    proxy.cut()

    await expect(other.shutDown()).resolves.toBeUndefined()
  })

  it('closes the connection to a healthy broker', async () => {
    await shop.shutDown()

    await eventually(() => proxy.connections === 0)
  })
})
