import { expect, it } from '@jest/globals'
import { startScheduler } from '../../local/functions/scheduler.ts'
import { serverlessFile } from '../support/cloudformation/serverless-file.ts'

const scheduled = Object.entries(serverlessFile.functions).flatMap(([name, { events = [] }]) =>
  events.some((event) => 'schedule' in event) ? [name] : [],
)

it('a local shop runs every function that has a schedule in AWS', async () => {
  const run: string[] = []

  const stop = startScheduler(async (functionKey) => run.push(functionKey), { brokerIsEmpty: false })
  await stop()

  expect(run.sort()).toEqual(scheduled.sort())
})
