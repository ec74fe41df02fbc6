import { describe, expect, it } from '@jest/globals'
import { currentDeadline, RequestDeadline, runUntil } from './commit-deadline.ts'
import { currentInvocation, runInvocation } from './invocation.ts'

describe('the invocation', () => {
  it('is known to the code that runs for it, and to what that awaits', async () => {
    const seen = await runInvocation({ requestId: 'r1' }, async () => {
      await new Promise(setImmediate)
      return currentInvocation()
    })

    expect(seen).toEqual({ requestId: 'r1' })
  })

  it('is another one for code that runs at the same time', async () => {
    const run = (requestId: string) =>
      runInvocation({ requestId }, async () => {
        await new Promise(setImmediate)
        return currentInvocation()?.requestId
      })

    expect(await Promise.all([run('r1'), run('r2')])).toEqual(['r1', 'r2'])
  })

  it('has nothing to do with the deadline of the request that has caused it', () => {
    const deadline = runUntil(new RequestDeadline(100), () =>
      runInvocation({ requestId: 'r1' }, currentDeadline),
    )

    expect(deadline).toBeUndefined()
  })

  it('is unknown outside of one', () => {
    expect(currentInvocation()).toBeUndefined()
  })
})
