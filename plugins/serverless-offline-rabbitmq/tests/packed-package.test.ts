import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import amqp, { type Channel, type ChannelModel } from 'amqplib'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'
import { ServerlessProcess } from './serverless-process.ts'

const run = promisify(execFile)
const { resolve } = createRequire(import.meta.url)
const packageRoot = fileURLToPath(new URL('..', import.meta.url))
const folderOf = (name: string) => dirname(resolve(`${name}/package.json`))

let workshop: string
let project: string
let broker: ChannelModel
let channel: Channel
let queues: { COOK_QUEUE: string; DELIVER_QUEUE: string }

/** Packs a package as `npm publish` does, and resolves with the tarball. */
async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', workshop], { cwd: folder })
  return join(workshop, stdout.trim())
}

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'emulator-example-'))
  project = join(workshop, 'project')
  // What the example has from the registry stands above it, where Node.js finds it, so that no network is needed.
  await mkdir(join(workshop, 'node_modules/@types'), { recursive: true })
  for (const [name, folder] of [
    ['serverless', join(dirname(resolve('serverless-offline')), '../../serverless')],
    ['serverless-offline', join(dirname(resolve('serverless-offline')), '..')],
    ['@types/node', folderOf('@types/node')],
    ['undici-types', folderOf('undici-types')],
  ] as const) {
    await symlink(folder, join(workshop, 'node_modules', name))
  }
  await cp(join(packageRoot, 'example'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{ "name": "pizzeria", "private": true }')
  const tarballs = [await pack(join(dirname(resolve('amqplib')))), await pack(packageRoot)]
  await run('npm', ['install', '--offline', '--legacy-peer-deps', '--ignore-scripts', ...tarballs], {
    cwd: project,
  })
  broker = await amqp.connect(brokerUrl)
  channel = await broker.createChannel()
}, 120_000)

afterAll(async () => {
  await broker?.close()
  await rm(workshop, { recursive: true, force: true })
})

beforeEach(async () => {
  queues = { COOK_QUEUE: ownQueue(), DELIVER_QUEUE: ownQueue() }
  for (const queue of Object.values(queues)) await channel.assertQueue(queue)
})

afterEach(async () => {
  for (const queue of Object.values(queues)) await channel.deleteQueue(queue)
})

const send = (queue: string, ...bodies: string[]) => {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body))
}

describe('the example, with the package as npm packs it', () => {
  it.each<[string[], NodeJS.Signals]>([
    [['offline'], 'SIGINT'],
    [['offline', 'start'], 'SIGTERM'],
    [['offline', '--useInProcess'], 'SIGTERM'],
    [['offline', 'start', '--useInProcess'], 'SIGINT'],
    [['rabbitmq'], 'SIGINT'],
    [['rabbitmq'], 'SIGTERM'],
  ])(
    'under "serverless %j": a CommonJS and an ES module handler get exactly what was sent, and %s ends it cleanly',
    async (command, signal) => {
      send(queues.COOK_QUEUE, 'margherita', 'funghi', 'marinara')
      send(queues.DELIVER_QUEUE, 'calzone')

      const serverless = ServerlessProcess.start(project, command, { RABBITMQ_URL: brokerUrl, ...queues })
      await eventually(() => serverless.printed().length >= 2, 60_000)
      serverless.signal(signal)
      const code = await serverless.exit()

      const cook = {
        cook: `${queues.COOK_QUEUE}::${virtualHost}`,
        orders: ['margherita', 'funghi', 'marinara'],
      }
      const deliver = { deliver: `${queues.DELIVER_QUEUE}::${virtualHost}`, pizzas: ['calzone'] }
      expect(serverless.printed().sort(byKind)).toEqual([cook, deliver])
      expect(code).toBe(0)
      for (const queue of Object.values(queues)) {
        expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
      }
    },
    90_000,
  )

  it('ends a handler in a worker thread at its timeout, and hands the whole batch over again', async () => {
    await writeFile(
      join(project, 'stall.mjs'),
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
    const definition = await readFile(join(project, 'serverless.yml'), 'utf8')
    await writeFile(
      join(project, 'stalling.yml'),
      definition.replace('handler: cook.handler', 'handler: stall.handler, timeout: 1'),
    )
    send(queues.COOK_QUEUE, 'margherita')

    const command = ['rabbitmq', '--config', 'stalling.yml']
    const serverless = ServerlessProcess.start(project, command, { RABBITMQ_URL: brokerUrl, ...queues })
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
    for (const queue of Object.values(queues)) {
      expect(await channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
    }
  }, 90_000)

  it('ends with one line and code 1 when a queue is missing', async () => {
    const missing = ownQueue()
    const environment = { RABBITMQ_URL: brokerUrl, ...queues, COOK_QUEUE: missing }

    const serverless = ServerlessProcess.start(
      project,
      ['rabbitmq', '--rabbitmqStartUpWaitMs', '300'],
      environment,
    )
    const code = await serverless.exit(60_000)

    expect(code).toBe(1)
    expect(serverless.output).toContain(`has no queue "${missing}" in virtual host`)
    expect(serverless.output).not.toMatch(/^\s+at .*\.js:\d+/m)
  }, 90_000)

  it('has types that TypeScript checks', async () => {
    await writeFile(
      join(project, 'typed.mts'),
      [
        "import { type RmqEvent, toRmqEvent } from 'serverless-offline-rabbitmq'",
        "export const event: RmqEvent = toRmqEvent({ eventSourceArn: 'arn', queue: 'q', virtualHost: '/' }, [])",
        '// @ts-expect-error',
        "export const other: RmqEvent['eventSource'] = 'aws:sqs'",
      ].join('\n'),
    )
    const tsc = join(folderOf('typescript'), 'bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']

    const checked = run(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: project })

    await expect(checked).resolves.toMatchObject({ stdout: '' })
  }, 60_000)

  it('holds the built JavaScript, its types and the documents, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: join(project, 'node_modules/serverless-offline-rabbitmq'),
    })
    const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'))

    const paths: string[] = JSON.parse(stdout).flatMap((packed: { files?: { path: string }[] }) =>
      (packed.files ?? []).map(({ path }) => path),
    )

    expect(paths).toContain(manifest.exports['.'].default.slice(2))
    expect(paths.filter((path) => !/^dist\/[\w-]+(\.js|\.d\.ts)$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
  }, 60_000)
})

const byKind = (one: object, other: object) =>
  String(Object.keys(one)).localeCompare(String(Object.keys(other)))
