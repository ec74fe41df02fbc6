import middy from '@middy/core'
import { secrets } from './secrets.ts'
import { thaw } from './thaw.ts'

/**
 * The one Middy chain of functions that a schedule, a deployment or a person invokes.
 *
 * @example
 * export const handler = job(async () => ({ purged: await forgetOldKeys() }))
 */
export const job = <Event = unknown, Result = unknown>(handle: (event: Event) => Promise<Result>) =>
  middy<Event, Result>().use(thaw()).use(secrets()).handler(handle)
