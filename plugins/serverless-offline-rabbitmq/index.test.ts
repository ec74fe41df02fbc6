import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
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
  plugin = new ServerlessOfflineRabbitmq(serverless, commandLine, { log })
  return { plugin, client }
}

let plugin: ServerlessOfflineRabbitmq | undefined

beforeEach(() => {
  jest.clearAllMocks()
})
afterEach(() => plugin?.stop())

describe('ServerlessOfflineRabbitmq', () => {
  it.each([
    ['no function has a queue', { hello: { events: [{ httpApi: 'GET /hello' }] } }, {}],
    ['it is switched off', { reduce: { events: [{ rabbitmq }] } }, { rabbitmq: false }],
  ])('connects to nothing when %s', async (_, functions, commandLine) => {
    const { plugin, client } = pluginFor(functions, commandLine)

    await plugin.start()

    expect(client.connections).toEqual([])
  })

  it.each([
    [
      'what two functions on one queue get, as on AWS',
      { first: { events: [{ rabbitmq }] }, second: { events: [{ rabbitmq }] } },
      {},
      /^Queue stock feeds first and second: each message goes to one of them, as on AWS\./,
    ],
    [
      'what a deployment makes of a definition in another way',
      { reduce: { events: [{ rabbitmq: { ...rabbitmq, maximumBatchingWindow: 0 } }] } },
      {},
      /^maximumBatchingWindow: 0 of reduce \(stock\) isn't deployed/,
    ],
    [
      'which queue it does not declare, although declareQueues names it',
      { reduce: { events: [{ rabbitmq }] } },
      {
        stock: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'stock.dead' },
        'stock.dead': {},
        stok: {},
      },
      /^declareQueues names stok, which isn't declared: no function consumes it/,
    ],
  ])('warns of %s', async (_, functions, declareQueues, warning) => {
    const { plugin } = pluginFor(functions, { rabbitmqStartUpWaitMs: '0' }, { declareQueues })

    await plugin.start().catch(() => {})

    const ofPollers = /^\(λ: /
    const warnings = log.warning.mock.calls.flat().filter((line) => !ofPollers.test(String(line)))
    expect(warnings).toEqual([expect.stringMatching(warning)])
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

  it("refuses a wrong definition, and a wrong option, by its name and with Serverless's own error", async () => {
    const definition = pluginFor({ reduce: { events: [{ rabbitmq: { queue: '' } }] } }).plugin.start()
    const option = pluginFor({}, { rabbitmqConcurrency: '0' }).plugin.start()

    await expect(definition).rejects.toThrow(ServerlessError)
    await expect(definition).rejects.toThrow('Function "reduce": rabbitmq.queue must be a non-empty string')
    await expect(option).rejects.toThrow('--rabbitmqConcurrency must be an integer from 1 to 100, not 0')
  })
})
