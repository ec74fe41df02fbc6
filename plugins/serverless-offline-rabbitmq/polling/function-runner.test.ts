import { describe, expect, it, jest } from '@jest/globals'

const constructed = jest.fn()
const ended = jest.fn(async () => {})
let run = Promise.resolve()

class FakeLambda {
  constructor(_serverless: object, options: object) {
    constructed(options)
  }

  create() {}

  get() {
    return { setEvent() {}, runHandler: () => run, cleanup: ended }
  }

  async cleanup() {}
}

jest.unstable_mockModule('serverless-offline/lambda', () => ({ default: FakeLambda }))
const { createFunctionRunner } = await import('./function-runner.ts')

const functions: Record<string, object> = { first: {} }
const serverless = {
  service: {
    custom: { 'serverless-offline': { useInProcess: true, noTimeout: true } },
    getAllFunctions: () => Object.keys(functions),
    getFunction: (functionKey: string) => functions[functionKey] ?? {},
  },
  pluginManager: { plugins: [] },
  classes: { Error },
}

describe('createFunctionRunner', () => {
  it('takes the options of serverless-offline, and those of the command line before them', async () => {
    await createFunctionRunner(serverless, { noTimeout: false })

    expect(constructed).toHaveBeenCalledWith({
      terminateIdleLambdaTime: 60,
      useInProcess: true,
      noTimeout: false,
    })
  })

  it('rejects a function that serverless.yml does not have', async () => {
    const runner = await createFunctionRunner(serverless)

    await expect(runner.run('second', {})).rejects.toThrow('serverless.yml has no function "second"')
  })

  it('waits for a late run in this process', async () => {
    const runner = await createFunctionRunner(serverless)
    const late = Promise.withResolvers<void>()
    const limit = { seconds: 0.01, signal: new AbortController().signal, onLate: () => late.resolve() }
    run = late.promise

    await expect(runner.runWithin(limit, 'first', {})).rejects.toThrow('Task timed out after 0.01 seconds')

    expect(ended).not.toHaveBeenCalled()
  })
})
