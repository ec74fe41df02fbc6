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
  it('names the mappings whose maximumBatchingWindow of 0 no deployment has', () => {
    const warnings = warningsOf({
      first: { maximumBatchingWindow: 0 },
      second: { maximumBatchingWindow: 0, queue: 'other' },
      third: { maximumBatchingWindow: 1 },
      fourth: {},
    })

    expect(warnings).toEqual([
      "maximumBatchingWindow: 0 of first (stock) and second (other) isn't deployed: osls leaves a 0 out, and AWS then collects for its default of 500 ms. The README says how to deploy it.",
    ])
  })

  it('says so whatever batchingWindowMs is here', () => {
    expect(warningsOf({ first: { maximumBatchingWindow: 0 } }, { batchingWindowMs: 25 })).toHaveLength(1)
  })

  it('says nothing of what is the same there', () => {
    expect(warningsOf({ first: {} }, { batchingWindowMs: 0 })).toEqual([])
  })
})
