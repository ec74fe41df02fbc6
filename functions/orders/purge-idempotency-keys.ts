import middy from '@middy/core'
import { forgetOldKeys } from './idempotency-store.ts'

const roundsPerRun = 100

/** Forgets idempotency keys a day after they were used. */
export const handler = middy().handler(async () => {
  let purged = 0
  for (let round = 0; round < roundsPerRun; round += 1) {
    const forgotten = await forgetOldKeys()
    purged += forgotten
    if (forgotten === 0) break
  }
  return { purged }
})
