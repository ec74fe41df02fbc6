import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'
import { OwnQueues } from './own-queues.ts'
import { PackedProject } from './packed-project.ts'

const queues = OwnQueues.forEachTest()
let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.install()
}, 120_000)

afterAll(() => project.remove())

/** The example with a handler that takes 1.5 s. */
async function writeSlowService(timeoutSeconds = 6): Promise<void> {
  await project.write(
    'slow.mjs',
    `export async function handler() {
      console.log('{"began": true}')
      await new Promise((resolve) => setTimeout(resolve, 1500))
      console.log('{"ended": true}')
    }`,
  )
  const definition = await project.read('serverless.yml')
  const handler = `handler: slow.handler, timeout: ${timeoutSeconds}`
  await project.write('slow.yml', definition.replace('handler: cook.handler', handler))
}

const byKind = (one: object, other: object) =>
  String(Object.keys(one)).localeCompare(String(Object.keys(other)))

describe('a run', () => {
  it.each<[string[], NodeJS.Signals]>([
    [['offline'], 'SIGINT'],
    [['offline', 'start'], 'SIGTERM'],
    [['offline', 'start', '--useInProcess'], 'SIGINT'],
    [['rabbitmq'], 'SIGTERM'],
    [['rabbitmq', '--useInProcess'], 'SIGINT'],
  ])(
    'of "serverless %j" hands a CommonJS and an ES module handler exactly what was sent, and %s ends it cleanly',
    async (command, signal) => {
      const { COOK_QUEUE, DELIVER_QUEUE } = queues.names
      queues.send(COOK_QUEUE, 'margherita', 'funghi', 'marinara')
      queues.send(DELIVER_QUEUE, 'calzone')

      const serverless = project.serverless(command, { RABBITMQ_URL: brokerUrl, ...queues.names })
      await eventually(() => serverless.printed().length >= 2, 60_000)
      serverless.signal(signal)
      const code = await serverless.exit()

      expect(serverless.printed().sort(byKind)).toEqual([
        { cook: `${COOK_QUEUE}::${virtualHost}`, orders: ['margherita', 'funghi', 'marinara'] },
        { deliver: `${DELIVER_QUEUE}::${virtualHost}`, pizzas: ['calzone'] },
      ])
      expect(code).toBe(0)
      expect(await queues.delete()).toBe(0)
    },
    90_000,
  )

  it.each<[string[], NodeJS.Signals]>([
    [['offline', 'start', '--useInProcess'], 'SIGTERM'],
    [['rabbitmq'], 'SIGINT'],
  ])(
    'of "serverless %j" finishes its batch after %s, and has one line for it',
    async (command, signal) => {
      await writeSlowService()
      const { COOK_QUEUE } = queues.names
      queues.send(COOK_QUEUE, 'margherita', 'funghi')

      const configured = [...command, '--config', 'slow.yml']
      const serverless = project.serverless(configured, { RABBITMQ_URL: brokerUrl, ...queues.names })
      await eventually(() => serverless.printed().length === 1, 60_000)
      serverless.signal(signal)
      const code = await serverless.exit()

      expect(serverless.printed()).toEqual([{ began: true }, { ended: true }])
      expect(serverless.lines('(λ: cook) queue')).toEqual([
        expect.stringMatching(
          new RegExp(`^\\(λ: cook\\) queue ${COOK_QUEUE}: 2 messages in \\d{4,}\\.\\d\\d ms, acknowledged$`),
        ),
      ])
      expect(code).toBe(0)
      expect(await queues.delete()).toBe(0)
    },
    90_000,
  )

  it('ends a handler in a worker thread at its timeout, and hands the whole batch over again', async () => {
    await project.write(
      'stall.mjs',
      [
        "import { existsSync, writeFileSync } from 'node:fs'",
        'export async function handler(event) {',
        "  const isRetry = existsSync('stalled')",
        "  writeFileSync('stalled', '')",
        '  const [[{ redelivered }]] = Object.values(event.rmqMessagesByQueue)',
        '  console.log(JSON.stringify({ isRetry, redelivered }))',
        '  if (!isRetry) await new Promise((resolve) => setTimeout(resolve, 600_000))',
        '}',
      ].join('\n'),
    )
    const definition = await project.read('serverless.yml')
    await project.write(
      'stalling.yml',
      definition.replace('handler: cook.handler', 'handler: stall.handler, timeout: 1'),
    )
    queues.send(queues.names.COOK_QUEUE, 'margherita')

    const command = ['rabbitmq', '--config', 'stalling.yml']
    const serverless = project.serverless(command, { RABBITMQ_URL: brokerUrl, ...queues.names })
    await eventually(() => serverless.printed().length >= 2, 60_000)
    serverless.signal('SIGTERM')
    const code = await serverless.exit()

    expect(serverless.printed()).toEqual([
      { isRetry: false, redelivered: false },
      { isRetry: true, redelivered: true },
    ])
    expect(serverless.output).toMatch(
      /1 message in [\d.]+ ms, failed: Task timed out after 1\.00 seconds; returned to the queue in 1 s/,
    )
    expect(code).toBe(0)
    expect(await queues.delete()).toBe(0)
  }, 90_000)

  it('with --noTimeout lets a function run longer than its timeout, for a debugger', async () => {
    await writeSlowService(1)
    queues.send(queues.names.COOK_QUEUE, 'margherita')

    const command = ['rabbitmq', '--noTimeout', '--config', 'slow.yml']
    const serverless = project.serverless(command, { RABBITMQ_URL: brokerUrl, ...queues.names })
    await eventually(() => serverless.lines('acknowledged').length === 1, 60_000)
    serverless.signal('SIGTERM')
    const code = await serverless.exit()

    expect(serverless.printed()).toEqual([{ began: true }, { ended: true }])
    expect(code).toBe(0)
    expect(await queues.delete()).toBe(0)
  }, 90_000)
})

describe('a start that fails', () => {
  const missing = ownQueue()
  const urlWith = (change: object) => Object.assign(new URL(brokerUrl), change).href

  it.each<[string, string[], Record<string, string>, string]>([
    [
      'the broker is not reachable',
      ['rabbitmq'],
      { RABBITMQ_URL: 'amqp://guest:secret@127.0.0.1:1' },
      `RabbitMQ at amqp://127.0.0.1:1 can't be reached (ECONNREFUSED): start it or correct the broker URL.`,
    ],
    [
      'the password is wrong',
      ['offline'],
      { RABBITMQ_URL: urlWith({ password: 'secret' }) },
      'refused the user name or the password: correct them in the broker URL.',
    ],
    [
      'the virtual host is missing',
      ['offline', 'start'],
      { RABBITMQ_URL: urlWith({ pathname: '/missing' }) },
      'has no virtual host "missing" that this user may open: create it or grant access.',
    ],
    [
      'the queue is missing',
      ['rabbitmq'],
      { COOK_QUEUE: missing },
      `has no queue "${missing}" in virtual host "${virtualHost}": declare it before polling starts.`,
    ],
  ])(
    'because %s ends "serverless %j" with one line and code 1',
    async (_reason, command, environment, line) => {
      const impatient = [...command, '--rabbitmqStartUpWaitMs', '500']

      const serverless = project.serverless(impatient, {
        RABBITMQ_URL: brokerUrl,
        ...queues.names,
        ...environment,
      })
      const code = await serverless.exit(60_000)

      expect(code).toBe(1)
      expect(serverless.lines(line)).toHaveLength(1)
      expect(serverless.output).not.toMatch(/^\s+at .*\.js:\d+/m)
      expect(serverless.output).not.toContain('secret')
    },
    90_000,
  )
})
