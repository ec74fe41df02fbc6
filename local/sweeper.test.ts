import { describe, expect, it } from '@jest/globals'
import { dropSchedules } from './sweeper.ts'

describe('dropSchedules', () => {
  it('takes the schedules away and leaves every other event', () => {
    const functions = {
      getHealth: { events: [{ httpApi: 'GET /health' }, { schedule: 'rate(1 minute)' }] },
      publishPendingEvents: { events: [{ schedule: 'rate(1 minute)' }] },
      inspectQueues: {},
    }

    dropSchedules(functions)

    expect(functions).toEqual({
      getHealth: { events: [{ httpApi: 'GET /health' }] },
      publishPendingEvents: { events: [] },
      inspectQueues: {},
    })
  })
})
