import { within } from '@stockroom/runtime/deadline'
import { type Domain, databaseUrl, healthConnection } from './connection.ts'
import { query } from './query.ts'

const answerWithinMs = 1000
const domains: Domain[] = ['products', 'orders']

let looking: Promise<boolean> | undefined

/** Whether the databases of all domains answer within a second; however many ask at once, they are asked once. */
export function databaseAnswers(): Promise<boolean> {
  looking ??= look().finally(() => {
    looking = undefined
  })
  return looking
}

async function look(): Promise<boolean> {
  try {
    const byUrl = new Map(domains.map((domain) => [databaseUrl(domain), domain]))
    const answers = [...byUrl.values()].map((domain) =>
      query(healthConnection(domain, answerWithinMs), 'select 1'),
    )
    await within(answerWithinMs, Promise.all(answers))
    return true
  } catch {
    return false
  }
}
