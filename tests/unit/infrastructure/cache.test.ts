import { describe, expect, it } from '@jest/globals'
import { infrastructureIn } from '../../support/cloudformation/deployed-stage.ts'
import { objectsIn } from '../../support/cloudformation/template.ts'

describe.each(['dev', 'prod'])('the cache of the stage %s', (stage) => {
  const { resources } = infrastructureIn(stage)
  const nodes = Number(resources.Cache?.Properties?.NumCacheClusters)

  // Their names, as ElastiCache gives them: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
  const named = Array.from({ length: nodes }, (_, index) => ({ 'Fn::Sub': `\${Cache}-00${index + 1}` }))

  it.each(['CacheCpuAlarm', 'CacheMemoryAlarm'])('is watched on each of its nodes by %s', (alarm) => {
    const watched = [...objectsIn(resources[alarm]?.Properties)].flatMap(([, { Name, Value }]) =>
      Name === 'CacheClusterId' ? [Value] : [],
    )

    expect(watched).toEqual(named)
  })
})
