import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from '@jest/globals'
import { startScheduler } from '../../local/functions/scheduler.ts'

interface Service {
  functions: Record<string, { events?: { schedule?: string }[] }>
}

const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }
const { functions } = load(readFileSync('serverless.yml', 'utf8')) as Service
const scheduled = Object.entries(functions).flatMap(([name, { events = [] }]) =>
  events.some(({ schedule }) => schedule) ? [name] : [],
)

it('a local shop runs every function that has a schedule in AWS', async () => {
  const run: string[] = []

  const stop = startScheduler(async (functionKey) => run.push(functionKey), { brokerIsEmpty: false })
  await stop()

  expect(run.sort()).toEqual(scheduled.sort())
})
