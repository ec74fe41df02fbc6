import { describe, expect, it } from '@jest/globals'
import { currentDeadline, RequestDeadline, runUntil } from './commit-deadline.ts'
import { currentInvocation, runInvocation } from './invocation.ts'

describe('the invocation', () => {
  it('is known to the code that runs for it and what that awaits, and to no other', async () => {
    const run = (requestId: string) =>
      runInvocation({ requestId }, async () => {
        await new Promise(setImmediate)
        return currentInvocation()
      })

    const seen = await Promise.all([run('r1'), run('r2')])

    expect([...seen, currentInvocation()]).toEqual([{ requestId: 'r1' }, { requestId: 'r2' }, undefined])
  })

  it('has nothing to do with the deadline of the request that has caused it', () => {
    const deadline = runUntil(new RequestDeadline(100), () =>
      runInvocation({ requestId: 'r1' }, currentDeadline),
    )

    expect(deadline).toBeUndefined()
  })
})
