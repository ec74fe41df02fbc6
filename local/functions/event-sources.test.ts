import { describe, expect, it } from '@jest/globals'
import { keepEventsOf } from './event-sources.ts'

const functions = () => ({
  getHealth: { events: [{ httpApi: 'GET /health' }, { schedule: 'rate(1 minute)' }] },
  reduceStock: { events: [{ rabbitmq: { queue: 'stock-reduction' } }] },
  publishPendingEvents: { events: [{ schedule: 'rate(1 minute)' }] },
  inspectQueues: {},
})

describe('keepEventsOf', () => {
  it.each([
    ['shop', { http: true, queue: true }],
    ['api', { http: true, queue: false }],
    ['consumers', { http: false, queue: true }],
    ['primary', { http: false, queue: true }],
    ['worker', { http: true, queue: false }],
  ] as const)('leaves a %s what invokes functions there, and no schedule', (role, { http, queue }) => {
    const kept = functions()

    keepEventsOf(role, kept)

    expect(kept).toEqual({
      getHealth: { events: http ? [{ httpApi: 'GET /health' }] : [] },
      reduceStock: { events: queue ? [{ rabbitmq: { queue: 'stock-reduction' } }] : [] },
      publishPendingEvents: { events: [] },
      inspectQueues: {},
    })
  })
})
