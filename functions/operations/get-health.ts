import { endpoint } from '@stockroom/http/endpoint'
import { json, retryLater } from '@stockroom/http/response'
import { operationRoutes } from './operation-routes.ts'
import { readHealth } from './shop-health.ts'

export const handler = endpoint(operationRoutes.getHealth, async () => {
  const health = await readHealth()
  return health.status === 'unhealthy' ? json(503, health, retryLater) : json(200, health)
})
