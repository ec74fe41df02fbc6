import { describe, expect, it, jest } from '@jest/globals'
import { finishBeforeFreeze, workUnderWay } from '@stockroom/runtime/before-freeze'
import { observeInvocation } from './observe-invocation.ts'

const begin = { functionName: 'createOrder', requestId: 'request-1' }

describe.each([
  ['has ended', async () => {}],
  ['has failed', () => Promise.reject(new Error('refused'))],
])('an invocation whose work %s', (_, work) => {
  it('is over when all that it has to finish is', async () => {
    const { promise, resolve: finish } = Promise.withResolvers<void>()
    let isOver = false
    const invocation = observeInvocation(begin, async () => {
      finishBeforeFreeze(promise)
      await work()
    })
      .catch(() => {})
      .then(() => {
        isOver = true
      })

    await new Promise(setImmediate)
    const wasOverBefore = isOver
    finish()
    await invocation

    expect(wasOverBefore).toBe(false)
    expect(workUnderWay()).toBeUndefined()
  })

  it('has written its metrics on Lambda when it is over', async () => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
    process.env.POWERTOOLS_DEV = 'true' // it writes by console.log then,
    process.env.POWERTOOLS_METRICS_DISABLED = 'false' // and would not at all without this
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'Shops'
    jest.resetModules()
    const lambda = await import('./observe-invocation.ts')
    const { poisonMessages } = await import('./shop-metrics.ts')
    const log = jest.spyOn(console, 'log').mockReturnValue()

    const invocation = lambda.observeInvocation(begin, async () => {
      poisonMessages.of('stock-reduction').add()
      await work()
    })
    await invocation.catch(() => {})
    delete process.env.AWS_LAMBDA_RUNTIME_API

    expect(log.mock.calls).toEqual([[expect.stringMatching(/"queue":"stock-reduction","PoisonMessages":1/)]])
    log.mockRestore()
  })
})
