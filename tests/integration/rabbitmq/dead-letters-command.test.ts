import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { inspectQueues } from '@stockroom/messaging/queue-inspection'
import { declareTopology, queues as topology } from '@stockroom/messaging/topology'
import type { GetMessage, Options } from 'amqplib'
import { eventually } from '../../../bench/processes/eventually.ts'
import { freePort } from '../../../bench/processes/free-port.ts'
import { createVirtualHost, deleteVirtualHost } from '../../../bench/services/virtual-host.ts'
import { main } from '../../../commands/dead-letters.ts'
import { handler as handleDeadLetters } from '../../../functions/operations/handle-dead-letters.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { deadly, deepest } from '../../support/amqp/hostile-messages.ts'
import { RawPublisher } from '../../support/amqp/raw-publisher.ts'
import { type Entry, shortText, table } from '../../support/amqp/wire.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { ownName, testEnvironment } from '../../support/environment.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { deliver } from '../../support/stories.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.of(own)
const queues = Object.keys(topology)

beforeEach(async () => {
  await declareTopology(broker.channel)
  for (const queue of queues) {
    await broker.channel.purgeQueue(queue)
    await broker.channel.purgeQueue(`${queue}.dead`)
  }
})

/** Runs the command in this process. */
async function run(...args: string[]) {
  const printed: string[] = []
  const code = await main(args, (line) => printed.push(line))
  return { code, printed }
}

/** Runs the command as `npm run dead-letters` does. */
async function runProcess(environment: Record<string, string>, ...args: string[]) {
  const env = { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...environment }
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['commands/dead-letters.ts', ...args],
      {
        env,
        timeout: 20_000,
      },
    )
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

const header = {
  'x-dead-letter-reason': 'not JSON',
  'x-first-failed-at': '2026-11-21T10:00:00.000Z',
  'x-attempts': 1,
}

/** The headers of a message that was redriven: RabbitMQ counts its deliveries from the beginning. */
const anew = { 'schema-version': 1, 'x-delivery-count': 0 }

/** Puts letters into a dead-letter queue as the consumer chain does; resolves to their ids. */
async function setAside(count: number, queue = 'stock-reduction', options: Options.Publish = {}) {
  const ids = Array.from({ length: count }, () => randomUUID())
  for (const messageId of ids) {
    broker.channel.publish('shop.dead-letters', `${queue}.dead`, Buffer.from(`body of ${messageId}`), {
      messageId,
      type: 'order.created',
      persistent: true,
      ...options,
      headers: { 'schema-version': 1, ...header, ...options.headers },
    })
  }
  await broker.channel.waitForConfirms()
  return ids
}

/** Lets RabbitMQ itself set a message aside, by refusing it. */
async function refuse(messageId: string): Promise<void> {
  broker.channel.publish('shop.events', 'order.created', Buffer.from(`body of ${messageId}`), {
    messageId,
    correlationId: 'request-1',
    headers: { 'schema-version': 1 },
    persistent: true,
  })
  await broker.channel.waitForConfirms()
  broker.channel.nack((await broker.channel.get('stock-reduction')) as GetMessage, false, false)
  await eventually(async () => (await broker.count('stock-reduction.dead')) > 0)
}

/** Takes everything out of a queue; what a channel that was just closed held takes a moment to come back. */
async function drain(queue: string, count: number): Promise<GetMessage[]> {
  await eventually(async () => (await broker.count(queue)) === count)
  return broker.drain(queue)
}
const idsIn = async (queue: string, count: number) =>
  (await drain(queue, count)).map(({ properties }) => properties.messageId)

describe('dead-letters list', () => {
  it('shows what the consumer chain and RabbitMQ itself have set aside, and leaves it', async () => {
    await deliver(reduceStock, 'stock-reduction', [{ messageId: 'poison', type: 'order.created', text: '{' }])
    await refuse('refused')

    const first = await run('list')
    const second = await run('list')

    expect(first.code).toBe(0)
    expect(first.printed).toEqual([
      expect.stringMatching(/^queue +id +type +first failed +reason$/),
      expect.stringMatching(/^stock-reduction {2}poison {3}order\.created {2}20\d\d-\S+Z {2}not JSON$/),
      expect.stringMatching(
        /^stock-reduction {2}refused {2}\(none\) +- {25}set aside by RabbitMQ \(rejected\)$/,
      ),
      '2 dead letters',
    ])
    expect(second).toEqual(first)
    expect(await idsIn('stock-reduction.dead', 2)).toEqual(['poison', 'refused'])
  })

  it('says what was delivered too often', async () => {
    await setAside(1, 'order-settlement', {
      messageId: 'tired',
      headers: { 'x-dead-letter-reason': undefined, 'x-first-death-reason': 'delivery_limit' },
    })

    const { printed } = await run('list', '--queue', 'order-settlement')

    expect(printed[1]).toContain('delivered too often without success')
  })
})

describe('dead-letters show', () => {
  it('shows a letter with its headers and its body, and leaves it', async () => {
    await refuse('refused')

    const { code, printed } = await run('show', 'refused')

    expect(code).toBe(0)
    expect(JSON.parse(printed[0] as string)).toMatchObject({
      queue: 'stock-reduction',
      properties: {
        messageId: 'refused',
        correlationId: 'request-1',
        headers: { 'x-first-death-reason': 'rejected' },
      },
    })
    expect(printed[1]).toBe('body of refused')
    expect(await idsIn('stock-reduction.dead', 1)).toEqual(['refused'])
  })
})

describe('dead-letters redrive', () => {
  it('puts letters into the queue that they came from, without their history, and leaves the others in order', async () => {
    const ids = await setAside(5)

    const { code, printed } = await run('redrive', ids[3] as string, ids[1] as string)

    expect({ code, printed }).toEqual({ code: 0, printed: ['2 messages went back to their queues'] })
    const back = await drain('stock-reduction', 2)
    expect(back.map(({ properties }) => properties.messageId)).toEqual([ids[1], ids[3]])
    expect(back[0]?.content.toString()).toBe(`body of ${ids[1]}`)
    expect(back[0]?.properties).toMatchObject({
      type: 'order.created',
      deliveryMode: 2,
      headers: { 'schema-version': 1 },
    })
    expect(back[0]?.properties.headers).toEqual(anew)
    expect(await idsIn('stock-reduction.dead', 3)).toEqual([ids[0], ids[2], ids[4]])
  })

  it('takes off what RabbitMQ has added, so that the message starts anew', async () => {
    await refuse('refused')

    await run('redrive', 'refused')

    const [back] = await drain('stock-reduction', 1)
    expect(back?.properties).toMatchObject({ messageId: 'refused', correlationId: 'request-1' })
    expect(back?.properties.headers).toEqual(anew)
  })

  it('puts each letter of both queues into its own', async () => {
    const [one] = await setAside(1, 'stock-reduction')
    const [other] = await setAside(1, 'order-settlement')

    await run('redrive', '--all')

    expect(await idsIn('stock-reduction', 1)).toEqual([one])
    expect(await idsIn('order-settlement', 1)).toEqual([other])
  })

  it('loses nothing when the queue is not there', async () => {
    const ids = await setAside(2)
    await broker.channel.deleteQueue('stock-reduction')

    const { code } = await run('redrive', '--all')

    expect(code).toBe(1)
    expect(await idsIn('stock-reduction.dead', 2)).toEqual(ids)
  })
})

describe('letters that somebody has made to break their readers', () => {
  const values = [...deepest, ...deadly]
  const names = [
    'x-dead-letter-reason',
    'x-attempts',
    'x-first-failed-at',
    'x-delivery-count',
    'x-first-death-reason',
  ]

  /** Puts them straight into the dead-letter queue. */
  async function forge() {
    const publisher = await RawPublisher.connect(own.rabbitmqUrl)
    values.forEach((value, index) => {
      const entries = names.map((name): Entry => [name, value.length < 25_000 ? value : Buffer.from('V')])
      const headers = table(['first', value], ...entries)
      const properties = { headers, messageId: shortText(`\u001b[2J\n${index}`), type: shortText('a\nb') }
      publisher.publish({
        routingKey: 'stock-reduction.dead',
        properties,
        content: Buffer.from('\u0007{}\n'),
      })
    })
    await publisher.confirmed()
    publisher.close()
  }

  it('are listed, shown and inspected', async () => {
    await forge()

    const { code, printed } = await run('list')
    await eventually(async () => (await broker.count('stock-reduction.dead')) === values.length)
    const shown = await run('show', '--all')
    await eventually(async () => (await broker.count('stock-reduction.dead')) === values.length)

    expect({ code, lines: printed.length }).toEqual({ code: 0, lines: values.length + 2 })
    expect(printed[1]).toMatch(/^stock-reduction {2}\\u\{1b\}\[2J\\n0 +a\\nb +/)
    expect([...printed, ...shown.printed].join('\n')).not.toMatch(/[^\P{Cc}\n]/u)
    expect(shown.printed[1]).toBe('\\u{7}{}\\n')
    expect((await inspectQueues()).deadLetters).toHaveLength(values.length)
  })

  it('are redriven without what can not be published again, and discarded', async () => {
    await forge()

    const redriven = await run('redrive', '--all')
    expect(redriven).toMatchObject({
      code: 0,
      printed: expect.arrayContaining([`${values.length} messages went back to their queues`]),
    })
    expect(await drain('stock-reduction', values.length)).toHaveLength(values.length)

    await forge()
    expect(await run('discard', '\\u{1b}[2J\\n0')).toMatchObject({ code: 0 })
    expect(await run('discard', '--all')).toMatchObject({ code: 0 })
    expect(await broker.count('stock-reduction.dead')).toBe(0)
  })

  it('are redriven to the queue that they came from alone', async () => {
    await setAside(1, 'stock-reduction', { CC: ['order-settlement'], expiration: '3600000', userId: 'guest' })

    const { printed } = await run('redrive', '--all')

    expect(printed[1]).toMatch(/ {2}without userId, expiration, CC$/)
    const [back] = await drain('stock-reduction', 1)
    expect(back?.properties).toMatchObject({ expiration: undefined, userId: undefined })
    expect(await broker.count('order-settlement')).toBe(0)
  })
})

describe('the function that does the same in AWS', () => {
  const invoke = (...args: string[]) => handleDeadLetters({ args }, lambdaContext())

  it('lists and redrives', async () => {
    const [id] = await setAside(1)

    const listed = await invoke('list')
    const redriven = await invoke('redrive', '--all')

    expect(listed).toEqual({
      exitCode: 0,
      lines: [expect.any(String), expect.stringContaining(`${id?.slice(0, 8)} `), '1 dead letter'],
    })
    expect(redriven).toEqual({ exitCode: 0, lines: ['1 message went back to its queue'] })
    expect(await idsIn('stock-reduction', 1)).toEqual([id])
  })

  it('fails for what it does not understand', async () => {
    await expect(invoke('remove')).rejects.toThrow('There is no command remove.')
  })

  it('gives back what it held when it fails', async () => {
    const ids = await setAside(2)
    await broker.channel.deleteQueue('order-settlement.dead')

    await expect(invoke('discard', '--all')).rejects.toThrow('NOT_FOUND')

    expect(await idsIn('stock-reduction.dead', 2)).toEqual(ids)
  })
})

describe('dead-letters discard', () => {
  it('takes the letters away that are named, for good, and leaves the others in order', async () => {
    const ids = await setAside(4)

    const { code, printed } = await run('discard', ids[0] as string, ids[2] as string, 'unknown')

    expect({ code, printed }).toEqual({
      code: 1,
      printed: ['There is no dead letter unknown.', '2 messages discarded'],
    })
    expect(await idsIn('stock-reduction.dead', 2)).toEqual([ids[1], ids[3]])
    expect(await broker.count('stock-reduction')).toBe(0)
  })

  // More than RabbitMQ hands to a consumer that asks for any number, and far more than it settles at once.
  it('takes thousands away that are named, and leaves the one that is not', async () => {
    const [kept, ...ids] = await setAside(3000)

    const { code } = await run('discard', ...ids)

    expect(code).toBe(0)
    expect(await idsIn('stock-reduction.dead', 1)).toEqual([kept])
  })

  it('takes all of one queue away', async () => {
    await setAside(3, 'stock-reduction')
    const [kept] = await setAside(1, 'order-settlement')

    const { code } = await run('discard', '--all', '--queue', 'stock-reduction')

    expect(code).toBe(0)
    expect(await broker.count('stock-reduction.dead')).toBe(0)
    expect(await idsIn('order-settlement.dead', 1)).toEqual([kept])
  })
})

describe('inspectQueues', () => {
  it('tells what waits and what is dead, any number of times, and leaves it', async () => {
    const ids = await setAside(3)
    broker.channel.publish('shop.events', 'stock.reduced', Buffer.from('{}'), { messageId: 'waiting' })
    await broker.channel.waitForConfirms()

    for (let look = 0; look < 3; look += 1) {
      expect(await inspectQueues()).toEqual({
        ready: { ...Object.fromEntries(queues.map((queue) => [queue, 0])), 'order-settlement': 1 },
        deadLetters: ids.map((messageId) => ({
          queue: 'stock-reduction',
          messageId,
          reason: 'not JSON',
          body: `body of ${messageId}`,
        })),
      })
      await eventually(async () => (await broker.count('stock-reduction.dead')) === ids.length)
    }
    expect(await idsIn('stock-reduction.dead', 3)).toEqual(ids)
  })
})

describe('npm run dead-letters', () => {
  it('prints its list and exits with 0', async () => {
    await setAside(1)

    const { code, stdout, stderr } = await runProcess({ RABBITMQ_URL: own.rabbitmqUrl }, 'list')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^queue .*\nstock-reduction .*\n1 dead letter\n$/)
  })

  it('says in one line that nobody answers, and exits with 1', async () => {
    const { code, stdout, stderr } = await runProcess(
      { RABBITMQ_URL: `amqp://user:secret@127.0.0.1:${await freePort()}` },
      'list',
    )

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^RABBITMQ_URL \(127\.0\.0\.1:\d+\) can't be used: [^\n]*ECONNREFUSED[^\n]*\n$/)
    expect(stdout).not.toContain('secret')
  })

  it('says in one line that the queues are not there, and exits with 1', async () => {
    const { services } = testEnvironment()
    if (!('url' in services.rabbitmq)) throw new Error('this suite needs RabbitMQ')
    const { url, control } = services.rabbitmq
    const name = ownName()
    const empty = await createVirtualHost(url, control, name)

    const { code, stdout, stderr } = await runProcess({ RABBITMQ_URL: empty }, 'list')
    await deleteVirtualHost(url, control, name)

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^[^\n]*stock-reduction\.dead[^\n]*\n$/)
  })
})
