import { describe, expect, it } from '@jest/globals'
import { currentInvocation, type Invocation } from '@stockroom/runtime/invocation'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { job } from './job.ts'

describe('a job', () => {
  it('gets its event and gives its result', async () => {
    const handler = job(async ({ to }: { to: number }) => Array.from({ length: to }, (_, index) => index))

    expect(await handler({ to: 3 }, lambdaContext())).toEqual([0, 1, 2])
  })

  it('runs as an invocation that begins a trace', async () => {
    const seen: (Invocation | undefined)[] = []
    const handler = job(async () => seen.push(currentInvocation()))

    await handler({}, lambdaContext({ functionName: 'sweep', awsRequestId: 'invocation-1' }))
    await handler({}, lambdaContext({ functionName: 'sweep', awsRequestId: 'invocation-2' }))

    const traceparent = expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
    expect(seen).toEqual([
      { functionName: 'sweep', requestId: 'invocation-1', traceparent },
      { functionName: 'sweep', requestId: 'invocation-2', traceparent },
    ])
    expect(seen[0]?.traceparent).not.toBe(seen[1]?.traceparent)
  })

  it('fails as what it runs', async () => {
    const handler = job(() => Promise.reject(new Error('away')))

    await expect(handler({}, lambdaContext())).rejects.toThrow('away')
  })
})
