import { describe, expect, it } from '@jest/globals'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { Example } from './example.ts'

const example = Example.forEachTest()
const cleanly = { code: 0, left: 0 }

/** The example as `other.yml`, whose cook runs this handler. */
async function writeCook(handler: string, timeoutSeconds = 6): Promise<void> {
  const { project } = example
  await project.write('other.mjs', handler)
  const definition = await project.read('serverless.yml')
  const other = `handler: other.handler, timeout: ${timeoutSeconds}`
  await project.write('other.yml', definition.replace('handler: cook.handler', other))
}

const slow = `export async function handler() {
  console.log('{"began": true}')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  console.log('{"ended": true}')
}`

const stallingOnce = `import { existsSync, writeFileSync } from 'node:fs'
export async function handler(event) {
  const isRetry = existsSync('stalled')
  writeFileSync('stalled', '')
  const [[{ redelivered }]] = Object.values(event.rmqMessagesByQueue)
  console.log(JSON.stringify({ isRetry, redelivered }))
  if (!isRetry) await new Promise((resolve) => setTimeout(resolve, 600_000))
}`

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
      const { COOK_QUEUE, DELIVER_QUEUE } = example.names
      example.send(COOK_QUEUE, 'margherita', 'funghi', 'marinara')
      example.send(DELIVER_QUEUE, 'calzone')

      const serverless = example.start(command)
      const end = await example.end(serverless, () => serverless.printed().length >= 2, signal)

      expect(serverless.printed().sort(byKind)).toEqual([
        { cook: `${COOK_QUEUE}::${virtualHost}`, orders: ['margherita', 'funghi', 'marinara'] },
        { deliver: `${DELIVER_QUEUE}::${virtualHost}`, pizzas: ['calzone'] },
      ])
      expect(end).toEqual(cleanly)
    },
  )

  it.each<[string[], NodeJS.Signals]>([
    [['offline', 'start', '--useInProcess'], 'SIGTERM'],
    [['rabbitmq'], 'SIGINT'],
  ])('of "serverless %j" finishes its batch after %s, and has one line for it', async (command, signal) => {
    await writeCook(slow)
    const { COOK_QUEUE } = example.names
    example.send(COOK_QUEUE, 'margherita', 'funghi')

    const serverless = example.start([...command, '--config', 'other.yml'])
    const end = await example.end(serverless, () => serverless.printed().length === 1, signal)

    expect(serverless.printed()).toEqual([{ began: true }, { ended: true }])
    expect(serverless.lines('(λ: cook) queue')).toEqual([
      expect.stringMatching(
        new RegExp(`^\\(λ: cook\\) queue ${COOK_QUEUE}: 2 messages in \\d{4,}\\.\\d\\d ms, acknowledged$`),
      ),
    ])
    expect(end).toEqual(cleanly)
  })

  it('ends a handler in a worker thread at its timeout, and hands the whole batch over again', async () => {
    await writeCook(stallingOnce, 1)
    example.send(example.names.COOK_QUEUE, 'margherita')

    const serverless = example.start(['rabbitmq', '--config', 'other.yml'])
    const end = await example.end(serverless, () => serverless.printed().length >= 2)

    expect(serverless.printed()).toEqual([
      { isRetry: false, redelivered: false },
      { isRetry: true, redelivered: true },
    ])
    expect(serverless.output).toMatch(
      /1 message in [\d.]+ ms, failed: Task timed out after 1\.00 seconds; returned to the queue in 1 s/,
    )
    expect(end).toEqual(cleanly)
  })

  it('with --noTimeout lets a function run longer than its timeout, for a debugger', async () => {
    await writeCook(slow, 1)
    example.send(example.names.COOK_QUEUE, 'margherita')

    const serverless = example.start(['rabbitmq', '--noTimeout', '--config', 'other.yml'])
    const end = await example.end(serverless, () => serverless.lines('acknowledged').length === 1)

    expect(serverless.printed()).toEqual([{ began: true }, { ended: true }])
    expect(end).toEqual(cleanly)
  })
})

describe('a start that fails', () => {
  const missing = ownQueue()
  const withoutLogin = Object.assign(new URL(brokerUrl), { password: 'secret' }).href

  it.each<[string, string[], Record<string, string>, string]>([
    [
      'the password is wrong',
      ['offline'],
      { RABBITMQ_URL: withoutLogin },
      'refused the user name or the password: correct them in the broker URL.',
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
      const serverless = example.start([...command, '--rabbitmqStartUpWaitMs', '500'], environment)
      const code = await serverless.exit(60_000)

      expect(code).toBe(1)
      expect(serverless.lines(line)).toHaveLength(1)
      expect(serverless.output).not.toMatch(/^\s+at .*\.js:\d+/m)
      expect(serverless.output).not.toContain('secret')
    },
  )
})
