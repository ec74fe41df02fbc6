import { describe, expect, it } from '@jest/globals'
import { keepEventsOf, pollVirtualHostOf } from './event-sources.ts'

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

describe('pollVirtualHostOf', () => {
  it.each([
    ['amqp://localhost:5672/shop%2Ftests', 'shop/tests'],
    ['amqp://localhost', '/'],
    ['amqp://localhost/', '/'],
  ])('names the virtual host of %s in every mapping, which AWS has none of', (url, virtualHost) => {
    const named = functions()

    pollVirtualHostOf(url, named)

    expect(named).toEqual({
      ...functions(),
      reduceStock: { events: [{ rabbitmq: { queue: 'stock-reduction', virtualHost } }] },
    })
  })
})
