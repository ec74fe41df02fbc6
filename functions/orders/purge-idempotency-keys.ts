import { job } from '@stockroom/runtime/job'
import { forgetOldKeys } from './idempotency-store.ts'

const roundsPerRun = 100

/** Forgets idempotency keys a day after they were used. */
export const handler = job(async () => {
  let purged = 0
  for (let round = 0; round < roundsPerRun; round += 1) {
    const forgotten = await forgetOldKeys()
    purged += forgotten
    if (forgotten === 0) break
  }
  return { purged }
})
