import { afterEach, describe, expect, it } from '@jest/globals'
import { FakeAmqplib } from '@onify/fake-amqplib'
import { silentLog } from './fixtures/silent-log.ts'
import ServerlessOfflineRabbitmq from './index.ts'

const url = 'amqp://broker.invalid'
const log = silentLog()
const rabbitmq = {
  arn: 'arn:aws:mq:eu-west-1:000000000000:broker:shop:b-0',
  basicAuthArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:shop',
  queue: 'stock',
}
class ServerlessError extends Error {}

/** A plugin for a service with these functions and an in-process broker. */
function pluginFor(
  functions: Record<string, { events: unknown[] }>,
  commandLine: Record<string, unknown> = {},
  options: Record<string, unknown> = {},
) {
  const client = new FakeAmqplib('3.7')
  const serverless = {
    service: {
      functions,
      custom: { 'serverless-offline-rabbitmq': { url, client, ...options } },
      getAllFunctions: () => Object.keys(functions),
      getFunction: (functionKey: string) => functions[functionKey] ?? { events: [] },
    },
    pluginManager: { plugins: [] },
    classes: { Error: ServerlessError },
  }
  return { plugin: new ServerlessOfflineRabbitmq(serverless, commandLine, { log }), client }
}

let plugin: ServerlessOfflineRabbitmq | undefined

afterEach(() => plugin?.stop())

describe('ServerlessOfflineRabbitmq', () => {
  it('connects to nothing when no function has a queue', async () => {
    const made = pluginFor({ hello: { events: [{ httpApi: 'GET /hello' }] } })
    plugin = made.plugin

    await plugin.start()

    expect(made.client.connections).toEqual([])
  })

  it('connects to nothing when it is switched off', async () => {
    const made = pluginFor({ reduce: { events: [{ rabbitmq }] } }, { rabbitmq: false })
    plugin = made.plugin

    await plugin.start()

    expect(made.client.connections).toEqual([])
  })

  it('explains what two functions on one queue get, as on AWS', async () => {
    const functions = { first: { events: [{ rabbitmq }] }, second: { events: [{ rabbitmq }] } }
    plugin = pluginFor(functions, { rabbitmqStartUpWaitMs: '0' }).plugin

    await plugin.start().catch(() => {})

    expect(log.warning).toHaveBeenCalledWith(
      expect.stringMatching(
        /^Queue stock feeds first and second: each message goes to one of them, as on AWS\./,
      ),
    )
  })

  it('warns of what a deployment makes of a definition in another way', async () => {
    const functions = { reduce: { events: [{ rabbitmq: { ...rabbitmq, maximumBatchingWindow: 0 } }] } }
    plugin = pluginFor(functions, { rabbitmqStartUpWaitMs: '0' }).plugin

    await plugin.start().catch(() => {})

    expect(log.warning).toHaveBeenCalledWith(
      expect.stringMatching(/^maximumBatchingWindow: 0 of reduce \(stock\) isn't deployed/),
    )
  })

  it('says which queue it does not declare, although declareQueues names it', async () => {
    const declareQueues = {
      stock: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'stock.dead' },
      'stock.dead': {},
      stok: {},
    }
    plugin = pluginFor(
      { reduce: { events: [{ rabbitmq }] } },
      { rabbitmqStartUpWaitMs: '0' },
      { declareQueues },
    ).plugin

    await plugin.start().catch(() => {})

    const warnings = log.warning.mock.calls.flat().filter((line) => String(line).startsWith('declareQueues'))
    expect(warnings).toEqual([
      expect.stringMatching(/^declareQueues names stok, which isn't declared: no function consumes it/),
    ])
  })

  it('refuses a wrong option of the command line by its name', async () => {
    plugin = pluginFor({}, { rabbitmqConcurrency: '0' }).plugin

    await expect(plugin.start()).rejects.toThrow(
      '--rabbitmqConcurrency must be an integer from 1 to 100, not 0',
    )
  })

  it('has its flags on every command that polls', () => {
    const { commands } = pluginFor({}).plugin

    for (const { options } of [commands.rabbitmq, commands.offline, commands.offline.commands.start]) {
      expect(Object.keys(options)).toContain('rabbitmqUrl')
    }
    expect(Object.keys(commands.rabbitmq.options)).toEqual(
      expect.arrayContaining(['useInProcess', 'noTimeout']),
    )
  })

  it("refuses a wrong definition with Serverless's own error", async () => {
    plugin = pluginFor({ reduce: { events: [{ rabbitmq: { queue: '' } }] } }).plugin

    const started = plugin.start()

    await expect(started).rejects.toThrow(ServerlessError)
    await expect(started).rejects.toThrow('Function "reduce": rabbitmq.queue must be a non-empty string')
  })
})
