import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const constructed = jest.fn()
const events: unknown[] = []

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
      runHandler: async () => this.#functionKeys.indexOf(functionKey),
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
})
