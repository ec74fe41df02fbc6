import { describe, expect, it } from '@jest/globals'
import { infrastructureIn } from '../../support/cloudformation/deployed-stage.ts'
import { policies } from '../../support/cloudformation/policies.ts'

const wayToCollector = (others = {}) => infrastructureIn('dev', others).resources.FunctionToCollector

describe('the way from functions to a collector of traces', () => {
  it('is closed until its group is named', () => {
    expect(wayToCollector()).toBeUndefined()
  })

  it('leads to that group alone, at the port of OTLP', () => {
    const others = { CollectorSecurityGroup: 'sg-1' }

    expect(wayToCollector(others)?.Properties).toMatchObject({
      GroupId: { Ref: 'FunctionSecurityGroup' },
      FromPort: 4318,
      ToPort: 4318,
      DestinationSecurityGroupId: 'sg-1',
    })
    const { resources } = infrastructureIn('dev', others)
    expect(
      policies.flatMap(({ problems, stages }) => (stages.includes('dev') ? problems(resources) : [])),
    ).toEqual([])
  })
})
