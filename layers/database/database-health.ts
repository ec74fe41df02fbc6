import { within } from '@stockroom/runtime/deadline'
import type { Domain } from './connection.ts'
import { query } from './query.ts'

const answerWithinMs = 1000

/** Whether the databases of all domains answer within a second. */
export async function databaseAnswers(): Promise<boolean> {
  const domains: Domain[] = ['products', 'orders']
  try {
    await within(answerWithinMs, Promise.all(domains.map((domain) => query(domain, 'select 1'))))
    return true
  } catch {
    return false
  }
}
