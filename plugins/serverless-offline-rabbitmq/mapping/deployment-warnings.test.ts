import { describe, expect, it } from '@jest/globals'
import { mappingsOf, rabbitmqEvent } from '../fixtures/rabbitmq-events.ts'
import { deploymentWarnings } from './deployment-warnings.ts'

/** The warnings about functions with one event each, which has these members. */
const warningsOf = (functions: Record<string, object>, options = {}) =>
  deploymentWarnings(
    mappingsOf(
      Object.fromEntries(
        Object.entries(functions).map(([key, members]) => [key, { events: [rabbitmqEvent(members)] }]),
      ),
      options,
    ),
  )

describe('deploymentWarnings', () => {
  it('names the mappings whose maximumBatchingWindow of 0 no deployment has, whatever batchingWindowMs is here', () => {
    const functions = {
      first: { maximumBatchingWindow: 0 },
      second: { maximumBatchingWindow: 0, queue: 'other' },
      third: { maximumBatchingWindow: 1 },
      fourth: {},
    }

    const warnings = warningsOf(functions, { batchingWindowMs: 25 })

    expect(warnings).toEqual([
      "maximumBatchingWindow: 0 of first (stock) and second (other) isn't deployed: osls leaves a 0 out, and AWS then collects for its default of 500 ms. The README says how to deploy it.",
    ])
  })

  it('names the mappings without virtualHost whose URL names another than AWS polls, by URL', () => {
    const functions = {
      first: {},
      second: { queue: 'other' },
      third: { virtualHost: 'shop', queue: 'named' },
    }

    expect(warningsOf(functions, { url: 'amqp://user:secret@localhost:5672/tests' })).toEqual([
      'first (stock) and second (other) poll virtual host "tests" of amqp://localhost:5672, which its URL names. AWS reads no URL: without virtualHost it polls "/", and its events have keys such as "stock::/". Name virtualHost to have the same there.',
    ])
  })

  it('says nothing of what is the same there', () => {
    const url = 'amqp://localhost:5672/%2F'

    expect(warningsOf({ first: {} }, { batchingWindowMs: 0, url })).toEqual([])
  })
})
