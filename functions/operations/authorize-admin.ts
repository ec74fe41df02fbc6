import { createHash, timingSafeEqual } from 'node:crypto'
import { configuration } from '@stockroom/runtime/configuration'
import { job } from '@stockroom/telemetry/job'
import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda'

/** Asked by the gateway before a route for admins, with the header `x-api-key`. Without a key configured it denies. */
export const handler = job<APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult>(
  async ({ identitySource }) => ({ isAuthorized: isAdminKey(identitySource?.[0] ?? '') }),
)

/** Every key is compared, each in constant time, so that the time tells nothing. */
function isAdminKey(given: string): boolean {
  const matches = configuration().adminApiKeys.map((key) => timingSafeEqual(digest(key), digest(given)))
  return matches.includes(true)
}

/** All of one length, as `timingSafeEqual` wants it. */
const digest = (text: string) => createHash('sha256').update(text).digest()
