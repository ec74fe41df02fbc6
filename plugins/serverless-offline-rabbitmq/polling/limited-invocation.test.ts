import { expect, it, jest } from '@jest/globals'
import { rmqEventOf } from '../event/rmq-event.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import type { FunctionRunner } from './function-runner.ts'
import { limitedInvocation } from './limited-invocation.ts'

it('says that a late function waits for its own end where nothing can end it', async () => {
  const runWithin: FunctionRunner['runWithin'] = async ({ onLate }) => onLate()
  const runner = { runWithin, run: jest.fn<FunctionRunner['run']>(), close: async () => {} }
  const log = silentLog()

  const invoke = limitedInvocation({ runner, isTimed: true, log })
  await invoke(mapping, rmqEventOf(mapping, []), new AbortController().signal)

  expect(log.warning.mock.calls).toEqual([
    [
      '(λ: reduce) runs in this process, where nothing can end it after 6 s: its queue waits until it ends by itself',
    ],
  ])
})
