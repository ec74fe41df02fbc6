import { createHash, timingSafeEqual } from 'node:crypto'
import middy from '@middy/core'
import { configuration } from '@stockroom/runtime/configuration'
import { secrets } from '@stockroom/runtime/secrets'
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda'

/** Asked by the gateway before a route for admins, with the header `x-api-key`. Without a key configured it denies. */
export const handler = middy<APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult>()
  .use(secrets())
  .handler(async ({ identitySource }) => ({ isAuthorized: isAdminKey(identitySource?.[0] ?? '') }))

/** Every key is compared, each in constant time, so that the time tells nothing. */
function isAdminKey(given: string): boolean {
  const matches = configuration().adminApiKeys.map((key) => timingSafeEqual(digest(key), digest(given)))
  return matches.includes(true)
}

/** All of one length, as `timingSafeEqual` wants it. */
const digest = (text: string) => createHash('sha256').update(text).digest()
