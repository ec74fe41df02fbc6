import { describe, expect, it } from '@jest/globals'
import { infrastructureIn } from '../../support/cloudformation/deployed-stage.ts'

describe.each(['dev', 'prod'])('the database of the stage %s', (stage) => {
  const { resources } = infrastructureIn(stage)

  // Nothing documents that RDS Proxy sends aws:SourceAccount, and without its role it has no password.
  it('lets RDS Proxy have its role without a condition', () => {
    expect(resources.DatabaseProxyRole?.Properties?.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'rds.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    })
    expect(JSON.stringify(resources.DatabaseProxyRole)).not.toContain('Condition')
  })

  it('is watched by the CPU of its writer, which an idle reader would halve', () => {
    expect(resources.DatabaseCpuAlarm?.Properties?.Dimensions).toContainEqual({
      Name: 'Role',
      Value: 'WRITER',
    })
  })
})
