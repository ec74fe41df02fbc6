import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { FakeAmqplib } from '@onify/fake-amqplib'
import ServerlessOfflineRabbitmq from './index.ts'

const url = 'amqp://broker.invalid'
const log = { error: jest.fn(), warning: jest.fn(), notice: jest.fn(), info: jest.fn(), debug: jest.fn() }
class ServerlessError extends Error {}

/** A plugin for a service with these functions and an in-process broker. */
function pluginFor(functions: Record<string, { events: unknown[] }>) {
  const client = new FakeAmqplib('3.7')
  const serverless = {
    service: {
      functions,
      custom: { 'serverless-offline-rabbitmq': { url, client } },
      getAllFunctions: () => Object.keys(functions),
      getFunction: (functionKey: string) => functions[functionKey] ?? { events: [] },
    },
    pluginManager: { plugins: [] },
    classes: { Error: ServerlessError },
  }
  return { plugin: new ServerlessOfflineRabbitmq(serverless, {}, { log }), client }
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

  it("refuses a wrong definition with Serverless's own error", async () => {
    plugin = pluginFor({ reduce: { events: [{ rabbitmq: { queue: '' } }] } }).plugin

    const started = plugin.start()

    await expect(started).rejects.toThrow(ServerlessError)
    await expect(started).rejects.toThrow('Function "reduce": rabbitmq.queue must be a non-empty string')
  })

  it('may be stopped before it started, and twice', async () => {
    plugin = pluginFor({}).plugin

    await plugin.stop()

    await expect(plugin.stop()).resolves.toBeUndefined()
  })

  it('has hooks for both commands of serverless-offline and its own', () => {
    plugin = pluginFor({}).plugin

    expect(Object.keys(plugin.hooks)).toEqual([
      'offline:start',
      'offline:start:init',
      'offline:start:end',
      'rabbitmq:start',
      'rabbitmq:ready',
      'rabbitmq:end',
      'finalize',
    ])
    expect(plugin.commands.rabbitmq.lifecycleEvents).toEqual(['start', 'ready', 'end'])
  })
})
