import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { rmqEventOf } from '../event/rmq-event.ts'
import { mapping } from '../fixtures/mapping.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import type { FunctionRunner } from './function-runner.ts'
import { limitedInvocation } from './limited-invocation.ts'

const run = jest.fn<FunctionRunner['run']>()
const runWithin = jest.fn<FunctionRunner['runWithin']>()
const runner = { run, runWithin, close: async () => {} }
const event = rmqEventOf(mapping, [])
const { signal } = new AbortController()

beforeEach(() => {
  run.mockReset().mockResolvedValue('whenever')
  runWithin.mockReset().mockResolvedValue('in time')
})

describe('limitedInvocation', () => {
  it('gives a function its timeout', async () => {
    const invoke = limitedInvocation({ runner, isTimed: true, log: silentLog() })

    expect(await invoke(mapping, event, signal)).toBe('in time')

    const limit = { seconds: 6, signal, onLate: expect.any(Function) }
    expect(runWithin.mock.calls).toEqual([[limit, 'reduce', event]])
    expect(run).not.toHaveBeenCalled()
  })

  it('says that a late function waits for its own end where nothing can end it', async () => {
    const log = silentLog()
    await limitedInvocation({ runner, isTimed: true, log })(mapping, event, signal)

    runWithin.mock.calls[0]?.[0].onLate()

    expect(log.warning.mock.calls).toEqual([
      [
        '(λ: reduce) runs in this process, where nothing can end it after 6 s: its queue waits until it ends by itself',
      ],
    ])
  })

  it('lets a function run as long as it wants when it is not timed, for a debugger', async () => {
    const invoke = limitedInvocation({ runner, isTimed: false, log: silentLog() })

    expect(await invoke(mapping, event, signal)).toBe('whenever')

    expect(run.mock.calls).toEqual([['reduce', event]])
    expect(runWithin).not.toHaveBeenCalled()
  })
})
