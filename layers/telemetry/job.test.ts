import { expect, it } from '@jest/globals'
import { currentInvocation } from '@stockroom/runtime/invocation'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { job } from './job.ts'

it('a job gets its event, gives its result, and runs as an invocation that begins a trace', async () => {
  const handler = job(async ({ to }: { to: number }) => ({ to, ...currentInvocation() }))
  const run = (awsRequestId: string) =>
    handler({ to: 3 }, lambdaContext({ functionName: 'sweep', awsRequestId }))

  const results = [await run('one'), await run('other')]

  const traceparent = expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
  expect(results).toEqual(
    ['one', 'other'].map((requestId) => ({ to: 3, functionName: 'sweep', requestId, traceparent })),
  )
  expect(results[0]?.traceparent).not.toBe(results[1]?.traceparent)
})
