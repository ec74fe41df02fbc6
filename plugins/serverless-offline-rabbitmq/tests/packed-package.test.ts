import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { ownQueue, virtualHost } from './broker.ts'
import { eventually } from './eventually.ts'
import { Example } from './example.ts'
import { folderOf, packageRoot, run } from './packed-project.ts'

const example = Example.forEachTest()

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
    await example.project.write('five.yml', definition.replace('queue: pizza-orders', `queue: ${queue}`))
    await example.project.write('cook.cjs', await readmeBlock('js'))

    const serverless = example.start(['offline', '--rabbitmqDeclareQueues', '--config', 'five.yml'])
    await eventually(() => serverless.lines(`(λ: cook) polling queue ${queue} at`).length === 1, 60_000)
    example.send(queue, 'margherita')
    const { code } = await example.end(serverless, () => serverless.lines('1 message in').length === 1)

    expect(definition.trim().split('\n')).toHaveLength(5)
    expect(serverless.printed()).toEqual([{ cook: `${queue}::${virtualHost}`, orders: ['margherita'] }])
    expect(code).toBe(0)
    expect(await example.channel.deleteQueue(queue)).toEqual({ messageCount: 0 })
  })

  it('has types that TypeScript checks', async () => {
    await example.project.write(
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

    const checked = run(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: example.project.folder })

    await expect(checked).resolves.toMatchObject({ stdout: '' })
  })

  it('holds the built JavaScript, its types and the documents, and nothing else', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
      cwd: join(example.project.folder, 'node_modules/serverless-offline-rabbitmq'),
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
  })
})

describe(documentedAs('Event source ARN'), () => {
  const arnOf = (broker: string) =>
    `arn:aws:mq:eu-west-1:000000000000:broker:${broker}:b-00000000-0000-0000-0000-000000000000`

  /** The example with other ARNs and with a handler that prints what it gets. */
  async function writeService(cooksArn: string, deliversArn: string): Promise<void> {
    const event = (arn: string, queue: string) =>
      `{ rabbitmq: { arn: ${arn}, basicAuthArn: { Ref: Secret }, queue: '\${env:${queue}}' } }`
    await example.project.write(
      'arns.yml',
      `service: pizzeria
provider: { name: aws, runtime: nodejs24.x }
plugins: [serverless-offline-rabbitmq, serverless-offline]
functions:
  cook: { handler: arn.handler, events: [${event(cooksArn, 'COOK_QUEUE')}] }
  deliver: { handler: arn.handler, events: [${event(deliversArn, 'DELIVER_QUEUE')}] }
`,
    )
    await example.project.write(
      'arn.mjs',
      'export const handler = async ({ eventSourceArn }) => console.log(JSON.stringify({ eventSourceArn }))',
    )
  }

  const command = ['rabbitmq', '--config', 'arns.yml']

  it('is the value of a parameter to which a Ref points, and what another stack exports', async () => {
    await writeService('{ Ref: Broker }', '{ "Fn::ImportValue": exported }')
    const references = ['Broker', 'exported'].flatMap((name) => [
      '--rabbitmqReference',
      `${name}=${arnOf(name)}`,
    ])
    for (const queue of Object.values(example.names)) example.send(queue, 'margherita')

    const serverless = example.start([...command, ...references])
    await example.end(serverless, () => serverless.printed().length >= 2)

    const arns = serverless.printed().map((printed) => (printed as { eventSourceArn: string }).eventSourceArn)
    expect(arns.sort()).toEqual([arnOf('Broker'), arnOf('exported')])
  })

  it('is not what Fn::GetAtt says: Serverless itself refuses that', async () => {
    await writeService('{ "Fn::GetAtt": [Broker, Arn] }', '{ Ref: Broker }')

    const serverless = example.start(command)

    expect(await serverless.exit(60_000)).toBe(1)
    expect(serverless.output).toContain('unsupported object format')
  })
})
