import { expect, it, jest } from '@jest/globals'
import { Unavailable } from '@stockroom/runtime/unavailable'
import { lambdaContext } from '../../tests/support/lambda-context.ts'

const inspectQueues = jest.fn<typeof import('@stockroom/messaging/queue-inspection').inspectQueues>()
jest.unstable_mockModule('@stockroom/messaging/queue-inspection', () => ({ inspectQueues }))
const { handler } = await import('./inspect-queues.ts')

const run = () => handler({}, lambdaContext())

it('tells what waits in the queues', async () => {
  const inspection = { ready: { 'stock-reduction': 3 }, deadLetters: [] }
  inspectQueues.mockResolvedValue(inspection)

  expect(await run()).toEqual(inspection)
})

it('fails while the broker is away', async () => {
  inspectQueues.mockRejectedValue(new Unavailable('broker', 'not connected'))

  await expect(run()).rejects.toMatchObject({ name: 'Unavailable' })
})
