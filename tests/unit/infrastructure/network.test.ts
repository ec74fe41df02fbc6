import { describe, expect, it } from '@jest/globals'
import { infrastructureIn } from '../../support/cloudformation/deployed-stage.ts'
import { policies } from '../../support/cloudformation/policies.ts'

const wayToCollector = (others = {}) => infrastructureIn('dev', others).resources.FunctionToCollector

describe('the way from functions to a collector of traces', () => {
  it('is closed until its group is named', () => {
    expect(wayToCollector()).toBeUndefined()
  })

  it('leads to that group alone, by the same rules as every other', () => {
    const others = { CollectorSecurityGroup: 'sg-1' }

    expect(wayToCollector(others)?.Properties).toMatchObject({ DestinationSecurityGroupId: 'sg-1' })
    const { resources } = infrastructureIn('dev', others)
    expect(policies.flatMap(({ problems, stage }) => (stage ? [] : problems(resources)))).toEqual([])
  })
})
