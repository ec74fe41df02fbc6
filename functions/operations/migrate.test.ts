import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const steps: string[] = []
const migrateAll = jest.fn<() => Promise<object>>()
const openChannel = jest.fn<() => Promise<object>>()
const declareTopology = jest.fn<(channel: object) => Promise<void>>()
const configureSessionsOfAll = jest.fn<(timeoutMs: number) => Promise<void>>()
jest.unstable_mockModule('../../migrations/all.ts', () => ({ migrateAll, configureSessionsOfAll }))
jest.unstable_mockModule('@stockroom/messaging/broker-connection', () => ({ openChannel }))
jest.unstable_mockModule('@stockroom/messaging/topology', () => ({ declareTopology }))
const pause = jest.fn<(ms: number) => Promise<void>>()
jest.unstable_mockModule('node:timers/promises', () => ({ setTimeout: pause, setImmediate: async () => {} }))
const { handler } = await import('./migrate.ts')

const channel = {
  on: () => channel,
  close: async () => {
    steps.push('close')
  },
}

beforeEach(() => {
  steps.length = 0
  pause.mockReset().mockResolvedValue()
  configureSessionsOfAll.mockReset().mockResolvedValue()
  migrateAll.mockReset().mockResolvedValue({ products: ['first'], orders: [] })
  openChannel.mockReset().mockResolvedValue(channel)
  declareTopology.mockReset().mockImplementation(async () => {
    steps.push('declare')
  })
})

describe('migrate', () => {
  it('applies the migrations and says which, and declares the topology on a channel of its own', async () => {
    const applied = await handler({}, lambdaContext())

    expect(applied).toEqual({ products: ['first'], orders: [] })
    expect(declareTopology.mock.calls).toEqual([[channel]])
    expect(steps).toEqual(['declare', 'close'])
  })

  it('lets the database know the settings of sessions on Lambda, where a connection can’t say them', async () => {
    await handler({}, lambdaContext())
    expect(configureSessionsOfAll).not.toHaveBeenCalled()

    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    await handler({}, lambdaContext())
    delete process.env.AWS_LAMBDA_RUNTIME_API
    expect(configureSessionsOfAll.mock.calls).toEqual([[1500]])
  })

  it.each([
    ['a migration fails', migrateAll],
    ['the topology cannot be declared', declareTopology],
  ])('fails when %s', async (_, failing) => {
    failing.mockRejectedValue(new Error('PRECONDITION_FAILED'))

    await expect(handler({}, lambdaContext())).rejects.toThrow('PRECONDITION_FAILED')
  })

  it('waits for a broker that is coming up', async () => {
    openChannel.mockRejectedValueOnce(new Error('not connected'))

    await handler({}, lambdaContext())

    expect(pause.mock.calls).toEqual([[1000]])
    expect(steps).toEqual(['declare', 'close'])
  })

  it('fails when the broker does not come', async () => {
    openChannel.mockRejectedValue(new Error('not connected'))

    await expect(handler({}, lambdaContext())).rejects.toThrow('not connected')
    expect(openChannel).toHaveBeenCalledTimes(30)
  })
})
