import { expect, it } from '@jest/globals'
import { finishBeforeFreeze, workUnderWay } from '@stockroom/runtime/before-freeze'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { observeInvocation } from './observe-invocation.ts'

const begin = { functionName: 'createOrder', requestId: 'request-1' }

it('what an invocation runs knows it', async () => {
  const known = await observeInvocation(begin, async () => currentInvocation())

  expect(known).toEqual({ ...begin, traceparent: expect.stringMatching(/^00-/) })
})

it.each([
  ['has ended', async () => {}],
  ['has failed', () => Promise.reject(new Error('refused'))],
])('an invocation whose work %s is over when all that it has to finish is', async (_, work) => {
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
