import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { brokerUrl, ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'
import { OwnQueues } from './own-queues.ts'
import { folderOf, PackedProject, packageRoot, run } from './packed-project.ts'

const queues = OwnQueues.forEachTest()
let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.install()
}, 120_000)

afterAll(() => project.remove())

/** A block of code of the README, the first in this language. */
async function readmeBlock(language: string): Promise<string> {
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8')
  const [, twoMinutes = ''] = readme.split('## Two minutes')
  const [, block = ''] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(twoMinutes) ?? []
  return block
}

describe('the package, as npm packs it', () => {
  it('runs the five lines of the README, whose queue it declares', async () => {
    const queue = ownQueue()
    const definition = await readmeBlock('yaml')
    await project.write('five.yml', definition.replace('queue: pizza-orders', `queue: ${queue}`))
    await project.write('cook.cjs', await readmeBlock('js'))

    const command = ['offline', '--rabbitmqDeclareQueues', '--config', 'five.yml']
    const serverless = project.serverless(command, { RABBITMQ_URL: brokerUrl })
    await eventually(() => serverless.lines(`(λ: cook) polling queue ${queue} at`).length === 1, 60_000)
    queues.send(queue, 'margherita')
    await eventually(() => serverless.lines('1 message in').length === 1)
    serverless.signal('SIGINT')
    const code = await serverless.exit()

    expect(definition.trim().split('\n')).toHaveLength(5)
    expect(serverless.printed()).toEqual([{ cook: `${queue}::${virtualHost}`, orders: ['margherita'] }])
    expect(code).toBe(0)
    expect(await queues.channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
  }, 90_000)

  it('has types that TypeScript checks', async () => {
    await project.write(
      'typed.mts',
      [
        "import { type RmqEvent, toRmqEvent } from 'serverless-offline-rabbitmq'",
        "export const event: RmqEvent = toRmqEvent({ eventSourceArn: 'arn', queue: 'q', virtualHost: '/' }, [])",
        '// @ts-expect-error',
        "export const other: RmqEvent['eventSource'] = 'aws:sqs'",
      ].join('\n'),
    )
    const tsc = join(folderOf('typescript'), 'bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']

    const checked = run(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: project.folder })

    await expect(checked).resolves.toMatchObject({ stdout: '' })
  }, 60_000)

  it('holds the built JavaScript, its types and the documents, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: join(project.folder, 'node_modules/serverless-offline-rabbitmq'),
    })
    const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'))

    const paths: string[] = JSON.parse(stdout).flatMap((packed: { files?: { path: string }[] }) =>
      (packed.files ?? []).map(({ path }) => path),
    )

    expect(paths).toContain(manifest.exports['.'].default.slice(2))
    expect(paths.filter((path) => !/^dist\/([\w-]+\/)?[\w-]+(\.js|\.d\.ts)$/.test(path)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ])
  }, 60_000)
})

describe(documentedAs('Event source ARN'), () => {
  const arnOf = (broker: string) =>
    `arn:aws:mq:eu-west-1:000000000000:broker:${broker}:b-00000000-0000-0000-0000-000000000000`

  /** The example with other ARNs and with handlers that print what they get. */
  async function writeService(cooksArn: string, deliversArn: string): Promise<void> {
    const event = (arn: string, queue: string) =>
      `{ rabbitmq: { arn: ${arn}, basicAuthArn: { Ref: Secret }, queue: '\${env:${queue}}' } }`
    await project.write(
      'arns.yml',
      `service: pizzeria
provider: { name: aws, runtime: nodejs24.x }
plugins: [serverless-offline-rabbitmq, serverless-offline]
functions:
  cook: { handler: arn.handler, events: [${event(cooksArn, 'COOK_QUEUE')}] }
  deliver: { handler: arn.handler, events: [${event(deliversArn, 'DELIVER_QUEUE')}] }
`,
    )
    await project.write(
      'arn.mjs',
      'export const handler = async ({ eventSourceArn }) => console.log(JSON.stringify({ eventSourceArn }))',
    )
  }

  const arnsOf = async (command: string[], environment: Record<string, string>) => {
    queues.send(queues.names.COOK_QUEUE, 'margherita')
    queues.send(queues.names.DELIVER_QUEUE, 'margherita')
    const serverless = project.serverless(['rabbitmq', '--config', 'arns.yml', ...command], {
      RABBITMQ_URL: brokerUrl,
      ...queues.names,
      ...environment,
    })
    await eventually(() => serverless.printed().length >= 2, 60_000)
    serverless.signal('SIGTERM')
    await serverless.exit()
    return serverless.printed().map((printed) => (printed as { eventSourceArn: string }).eventSourceArn)
  }

  it('is the value of a variable, and that of a parameter to which a Ref points', async () => {
    await writeService(`'\${env:BROKER_ARN}'`, '{ Ref: Broker }')

    const arns = await arnsOf(['--rabbitmqReference', `Broker=${arnOf('parameter')}`], {
      BROKER_ARN: arnOf('variable'),
    })

    expect(arns.sort()).toEqual([arnOf('parameter'), arnOf('variable')])
  }, 90_000)

  it('is what another stack exports; Fn::GetAtt is refused by Serverless itself', async () => {
    await writeService('{ "Fn::ImportValue": exported }', '{ Ref: Broker }')
    const references = [
      '--rabbitmqReference',
      `exported=${arnOf('exported')}`,
      '--rabbitmqReference',
      `Broker=${arnOf('parameter')}`,
    ]

    const arns = await arnsOf(references, {})
    await writeService('{ "Fn::GetAtt": [Broker, Arn] }', '{ Ref: Broker }')
    const refused = project.serverless(['rabbitmq', '--config', 'arns.yml'], {
      RABBITMQ_URL: brokerUrl,
      ...queues.names,
    })
    const code = await refused.exit(60_000)

    expect(arns.sort()).toEqual([arnOf('exported'), arnOf('parameter')])
    expect(refused.output).toContain('unsupported object format')
    expect(code).toBe(1)
  }, 90_000)
})
