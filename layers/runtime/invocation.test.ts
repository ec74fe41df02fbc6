import { describe, expect, it } from '@jest/globals'
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

  it('is unknown outside of one', () => {
    expect(currentInvocation()).toBeUndefined()
  })
})
