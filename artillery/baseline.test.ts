import { expect, it } from '@jest/globals'
import { limitsOf } from './baseline.ts'
import { loadSettings } from './settings.ts'

const onMachine = { answeredMs: 2, settledMs: 40 }

it('the slow orders of a load may take a multiple of what one took by itself', () => {
  const settings = loadSettings({ LOAD_P95_RATIO: '4', LOAD_P99_RATIO: '20', LOAD_SETTLED_P99_RATIO: '3' })

  expect(limitsOf(settings, onMachine)).toMatchObject({ p95Ms: 8, p99Ms: 40, settledP99Ms: 120 })
})

it('a user of the mixed load has time for two requests', () => {
  const { p95Ms, sessionP95Ms, p99Ms, sessionP99Ms } = limitsOf(
    loadSettings({ LOAD_SCENARIO: 'mixed' }),
    onMachine,
  )

  expect([sessionP95Ms, sessionP99Ms]).toEqual([2 * p95Ms, 2 * p99Ms])
})
