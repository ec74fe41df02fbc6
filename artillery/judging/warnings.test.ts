import { describe, expect, it } from '@jest/globals'
import { runRecord, sample } from '../../tests/support/run-record.ts'
import { warningsOf } from './warnings.ts'

const seconds = Array.from({ length: 10 }, (_, second) => second)
const warnings = (members: Parameters<typeof sample>[1], ramp = 0) => {
  const run = runRecord({ samples: seconds.map((second) => sample(second, members)) })
  return warningsOf({ ...run, settings: { ...run.settings, rampSeconds: ramp } })
}

describe('the warnings of a run', () => {
  it('are none when generator and machine had air', () => {
    expect(warnings({})).toEqual([])
  })

  it('name a generator whose busiest thread had none', () => {
    expect(warnings({ generatorThreadPercent: 93 })).toEqual([
      expect.stringContaining('saturated: its busiest thread used 93 % of a core'),
    ])
  })

  it('name what other programs took of the machine', () => {
    expect(warnings({ machinePercent: 80 })).toEqual([expect.stringContaining('used 70 % of a core')])
  })

  it('accuse nobody where the shop itself can not be told from the rest', () => {
    expect(warnings({ machinePercent: 100, programs: {} })).toEqual([])
  })

  it('leave the ramp out', () => {
    expect(warnings({ generatorThreadPercent: 99 }, 60)).toEqual([])
  })
})
