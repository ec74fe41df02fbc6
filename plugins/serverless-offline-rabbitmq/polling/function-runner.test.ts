import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const constructed = jest.fn()
const events: unknown[] = []
const ended: string[] = []
const runs: Promise<unknown>[] = []

class FakeLambda {
  #functionKeys: string[] = []

  constructor(_serverless: object, options: object) {
    constructed(options)
  }

  create(lambdas: { functionKey: string }[]) {
    this.#functionKeys = lambdas.map(({ functionKey }) => functionKey)
  }

  get(functionKey: string) {
    return {
      setEvent: (event: unknown) => events.push(event),
      runHandler: () => runs.shift() ?? Promise.resolve(this.#functionKeys.indexOf(functionKey)),
      cleanup: async () => ended.push(functionKey),
    }
  }

  async cleanup() {}
}

jest.unstable_mockModule('serverless-offline/lambda', () => ({ default: FakeLambda }))
const { createFunctionRunner } = await import('./function-runner.ts')

const functions: Record<string, object> = { first: {}, second: {} }
const serverless = {
  service: {
    custom: { 'serverless-offline': { useInProcess: true, noTimeout: true } },
    getAllFunctions: () => Object.keys(functions),
    getFunction: (functionKey: string) => functions[functionKey] ?? {},
  },
  pluginManager: { plugins: [] },
  classes: { Error },
}

beforeEach(() => {
  events.length = 0
  ended.length = 0
  runs.length = 0
})

describe('createFunctionRunner', () => {
  it('takes the options of serverless-offline, and those of the command line before them', async () => {
    await createFunctionRunner(serverless, { noTimeout: false })

    expect(constructed).toHaveBeenCalledWith({
      terminateIdleLambdaTime: 60,
      useInProcess: true,
      noTimeout: false,
    })
  })

  it('runs a function with its event and resolves with its result', async () => {
    const runner = await createFunctionRunner(serverless)

    const result = await runner.run('second', { some: 'event' })

    expect(result).toBe(1)
    expect(events).toEqual([{ some: 'event' }])
  })

  it('rejects a function that serverless.yml does not have', async () => {
    const runner = await createFunctionRunner(serverless)

    await expect(runner.run('third', {})).rejects.toThrow('serverless.yml has no function "third"')
  })

  it('ends a late run where that is possible: in a worker thread', async () => {
    const inWorkers = { ...serverless, service: { ...serverless.service, custom: {} } }
    const runner = await createFunctionRunner(inWorkers)
    const limit = { seconds: 0.01, signal: new AbortController().signal, onLate: jest.fn() }
    runs.push(new Promise(() => {}))

    await expect(runner.runWithin(limit, 'first', {})).rejects.toThrow('Task timed out after 0.01 seconds')

    expect(ended).toEqual(['first'])
    expect(limit.onLate).not.toHaveBeenCalled()
  })

  it('waits for a late run in this process', async () => {
    const runner = await createFunctionRunner(serverless)
    const run = Promise.withResolvers<void>()
    const limit = { seconds: 0.01, signal: new AbortController().signal, onLate: () => run.resolve() }
    runs.push(run.promise)

    await expect(runner.runWithin(limit, 'first', {})).rejects.toThrow('Task timed out after 0.01 seconds')

    expect(ended).toEqual([])
  })
})
