import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { inspectQueues } from '@stockroom/messaging/queue-inspection'
import type { GetMessage, Options } from 'amqplib'
import { freePort } from '../../../bench/processes/free-port.ts'
import { main } from '../../../commands/dead-letters.ts'
import { handler as handleDeadLetters } from '../../../functions/operations/handle-dead-letters.ts'
import { handler as reduceStock } from '../../../functions/products/reduce-stock-on-order-created.ts'
import { deadly, deepest } from '../../support/amqp/hostile-messages.ts'
import { RawPublisher } from '../../support/amqp/raw-publisher.ts'
import { type Entry, shortText, table } from '../../support/amqp/wire.ts'
import { BrokerClient } from '../../support/broker-client.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { ownServices } from '../../support/own-services.ts'
import { deliver } from '../../support/stories.ts'

const own = ownServices({ rabbitmq: true })
const broker = BrokerClient.withQueues(own)

/** Runs the command in this process. */
async function run(...args: string[]) {
  const printed: string[] = []
  const code = await main(args, (line) => printed.push(line))
  return { code, printed }
}

/** Puts letters into a dead-letter queue as the consumer chain does; resolves to their ids. */
async function setAside(count: number, queue = 'stock-reduction', options: Options.Publish = {}) {
  const ids = Array.from({ length: count }, () => randomUUID())
  for (const messageId of ids) {
    broker.channel.publish('shop.dead-letters', `${queue}.dead`, Buffer.from(`body of ${messageId}`), {
      messageId,
      type: 'order.created',
      persistent: true,
      ...options,
      headers: {
        'schema-version': 1,
        'x-dead-letter-reason': 'not JSON',
        'x-first-failed-at': '2026-11-21T10:00:00.000Z',
        'x-attempts': 1,
        ...options.headers,
      },
    })
  }
  await broker.channel.waitForConfirms()
  return ids
}

/** Lets RabbitMQ itself set a message aside, by refusing it. */
async function refuse(messageId: string): Promise<void> {
  const options = { messageId, correlationId: 'request-1', headers: { 'schema-version': 1 } }
  const before = await broker.count('stock-reduction.dead')
  broker.channel.publish('shop.events', 'order.created', Buffer.from(`body of ${messageId}`), options)
  await broker.channel.waitForConfirms()
  broker.channel.nack((await broker.channel.get('stock-reduction')) as GetMessage, false, false)
  await broker.holds('stock-reduction.dead', before + 1)
}

describe('dead-letters list and show', () => {
  it('tell what the consumer chain and RabbitMQ itself have set aside, and leave it', async () => {
    await deliver(reduceStock, 'stock-reduction', [{ messageId: 'poison', type: 'order.created', text: '{' }])
    await refuse('refused')
    await setAside(1, 'order-settlement', {
      messageId: 'tired',
      headers: { 'x-dead-letter-reason': undefined, 'x-first-death-reason': 'delivery_limit' },
    })

    const first = await run('list')
    const shown = await run('show', 'refused')
    const second = await run('list')

    expect(first.code).toBe(0)
    expect(first.printed).toEqual([
      expect.stringMatching(/^queue +id +type +first failed +reason$/),
      expect.stringMatching(/^stock-reduction {3}poison {3}order\.created {2}20\d\d-\S+Z {2}not JSON$/),
      expect.stringMatching(
        /^stock-reduction {3}refused {2}\(none\) +- {25}set aside by RabbitMQ \(rejected\)$/,
      ),
      expect.stringMatching(/^order-settlement {2}tired .* delivered too often without success$/),
      '3 dead letters',
    ])
    expect(shown.code).toBe(0)
    expect(JSON.parse(shown.printed[0] as string)).toMatchObject({
      queue: 'stock-reduction',
      properties: { messageId: 'refused', headers: { 'x-first-death-reason': 'rejected' } },
    })
    expect(shown.printed[1]).toBe('body of refused')
    expect(second).toEqual(first)
    expect(await broker.idsIn('stock-reduction.dead', 2)).toEqual(['poison', 'refused'])
  })

  it('say in one line that the queues are not there, and exit with 1', async () => {
    await broker.channel.deleteQueue('stock-reduction.dead')

    const { code, printed } = await run('list')

    expect({ code, printed }).toEqual({
      code: 1,
      printed: [expect.stringMatching(/^[^\n]*stock-reduction\.dead[^\n]*$/)],
    })
  })
})

describe('dead-letters redrive', () => {
  it('puts letters into the queues that they came from, and leaves the others in order', async () => {
    const ids = await setAside(5)
    const [other] = await setAside(1, 'order-settlement')

    const { code, printed } = await run('redrive', ...[ids[3], ids[1], other].map(String))

    expect({ code, printed }).toEqual({ code: 0, printed: ['3 messages went back to their queues'] })
    expect(await broker.idsIn('stock-reduction', 2)).toEqual([ids[1], ids[3]])
    expect(await broker.idsIn('order-settlement', 1)).toEqual([other])
    expect(await broker.idsIn('stock-reduction.dead', 3)).toEqual([ids[0], ids[2], ids[4]])
  })

  it('takes off what the consumer chain and RabbitMQ have added, so that messages start anew', async () => {
    const [id] = await setAside(1)
    await refuse('refused')

    await run('redrive', '--all')

    await broker.holds('stock-reduction', 2)
    const back = await broker.drain('stock-reduction')
    // RabbitMQ counts their deliveries from the beginning.
    const headers = { 'schema-version': 1, 'x-delivery-count': 0 }
    expect(back.map(({ properties }) => properties.headers)).toEqual([headers, headers])
    expect(
      back.map(({ properties, content }) => ({ ...properties, body: content.toString() })),
    ).toMatchObject([
      { type: 'order.created', deliveryMode: 2, body: `body of ${id}` },
      { messageId: 'refused', correlationId: 'request-1' },
    ])
  })

  it('loses nothing when the queue is not there', async () => {
    const ids = await setAside(2)
    await broker.channel.deleteQueue('stock-reduction')

    const { code } = await run('redrive', '--all')

    expect(code).toBe(1)
    expect(await broker.idsIn('stock-reduction.dead', 2)).toEqual(ids)
  })
})

describe('dead-letters discard', () => {
  // More than RabbitMQ hands to a consumer that asks for any number, and far more than it settles at once.
  it('takes thousands away that are named, for good, and leaves the others in order', async () => {
    const [first, ...ids] = await setAside(3000)
    const last = ids.pop()

    const { code, printed } = await run('discard', ...ids, 'unknown')

    expect({ code, printed }).toEqual({
      code: 1,
      printed: ['There is no dead letter unknown.', '2998 messages discarded'],
    })
    expect(await broker.idsIn('stock-reduction.dead', 2)).toEqual([first, last])
    expect(await broker.count('stock-reduction')).toBe(0)
  })

  it('takes all of one queue away', async () => {
    await setAside(3, 'stock-reduction')
    const [kept] = await setAside(1, 'order-settlement')

    const { code } = await run('discard', '--all', '--queue', 'stock-reduction')

    expect(code).toBe(0)
    expect(await broker.count('stock-reduction.dead')).toBe(0)
    expect(await broker.idsIn('order-settlement.dead', 1)).toEqual([kept])
  })
})

describe('letters that somebody has made to break their readers', () => {
  const values = [...deepest, ...deadly]
  const names = ['dead-letter-reason', 'attempts', 'first-failed-at', 'delivery-count', 'first-death-reason']

  /** Puts them straight into the dead-letter queue. */
  async function forge() {
    const publisher = await RawPublisher.connect(own.rabbitmqUrl)
    values.forEach((value, index) => {
      const short = value.length < 25_000 ? value : Buffer.from('V')
      const headers = table(['first', value], ...names.map((name): Entry => [`x-${name}`, short]))
      const properties = { headers, messageId: shortText(`\u001b[2J\n${index}`), type: shortText('a\nb') }
      const content = Buffer.from('\u0007{}\n')
      publisher.publish({ routingKey: 'stock-reduction.dead', properties, content })
    })
    await publisher.confirmed()
    publisher.close()
  }

  it('are listed, shown, inspected, redriven without what can not be published again, and discarded', async () => {
    await forge()

    const { code, printed } = await run('list')
    await broker.holds('stock-reduction.dead', values.length)
    const shown = await run('show', '--all')
    await broker.holds('stock-reduction.dead', values.length)
    const { deadLetters } = await inspectQueues()
    await broker.holds('stock-reduction.dead', values.length)
    const redriven = await run('redrive', '--all')
    await forge()
    const discarded = [await run('discard', '\\u{1b}[2J\\n0'), await run('discard', '--all')]

    expect({ code, lines: printed.length }).toEqual({ code: 0, lines: values.length + 2 })
    expect(printed[1]).toMatch(/^stock-reduction {2}\\u\{1b\}\[2J\\n0 +a\\nb +/)
    expect([...printed, ...shown.printed].join('\n')).not.toMatch(/[^\P{Cc}\n]/u)
    expect(shown.printed[1]).toBe('\\u{7}{}\\n')
    expect(deadLetters).toHaveLength(values.length)
    expect(redriven.code).toBe(0)
    expect(redriven.printed).toContain(`${values.length} messages went back to their queues`)
    expect(discarded.map(({ code }) => code)).toEqual([0, 0])
    expect(await broker.count('stock-reduction.dead')).toBe(0)
    expect(await broker.count('stock-reduction')).toBe(values.length)
  })

  it('are redriven to the queue that they came from alone', async () => {
    await setAside(1, 'stock-reduction', { CC: ['order-settlement'], expiration: '3600000', userId: 'guest' })

    const { printed } = await run('redrive', '--all')

    expect(printed[1]).toMatch(/ {2}without userId, expiration, CC$/)
    const back = await broker.next('stock-reduction')
    expect(back.properties).toMatchObject({ expiration: undefined, userId: undefined })
    expect(await broker.count('order-settlement')).toBe(0)
  })
})

describe('the function that does the same in AWS', () => {
  const invoke = (...args: string[]) => handleDeadLetters({ args }, lambdaContext())

  it('lists, redrives, and fails for what it does not understand', async () => {
    const [id] = await setAside(1)

    const listed = await invoke('list')
    // What was listed has gone back, though this process goes on.
    const redriven = await invoke('redrive', '--all')

    expect(listed).toMatchObject({ exitCode: 0, lines: expect.arrayContaining(['1 dead letter']) })
    expect(redriven).toEqual({ exitCode: 0, lines: ['1 message went back to its queue'] })
    expect(await broker.idsIn('stock-reduction', 1)).toEqual([id])
    await expect(invoke('remove')).rejects.toThrow('There is no command remove.')
  })

  it('gives back what it held when it fails', async () => {
    const ids = await setAside(2)
    await broker.channel.deleteQueue('order-settlement.dead')

    await expect(invoke('discard', '--all')).rejects.toThrow('NOT_FOUND')

    expect(await broker.idsIn('stock-reduction.dead', 2)).toEqual(ids)
  })
})

describe('npm run dead-letters', () => {
  const runList = (RABBITMQ_URL: string) =>
    promisify(execFile)(process.execPath, ['commands/dead-letters.ts', 'list'], {
      env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', RABBITMQ_URL },
    })

  it('prints its list and exits with 0', async () => {
    await setAside(1)

    const { stdout, stderr } = await runList(own.rabbitmqUrl)

    expect(stderr).toBe('')
    expect(stdout).toMatch(/^queue .*\nstock-reduction .*\n1 dead letter\n$/)
  })

  it('says in one line, without the password, that nobody answers, and exits with 1', async () => {
    const running = runList(`amqp://user:secret@127.0.0.1:${await freePort()}`)

    await expect(running).rejects.toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringMatching(
        /^RABBITMQ_URL \(127\.0\.0\.1:\d+\) can't be used: (?!.*secret)[^\n]*ECONNREFUSED[^\n]*\n$/,
      ),
    })
  })
})
