import middy from '@middy/core'
import { forgetOldKeys } from './idempotency-store.ts'

/** Forgets idempotency keys a day after they were used. */
export const handler = middy().handler(async () => ({ purged: await forgetOldKeys() }))
