import { endpoint } from '@stockroom/http/endpoint'
import { json, retryLater } from '@stockroom/http/response'
import { readHealth } from './shop-health.ts'

export const handler = endpoint(async () => {
  const health = await readHealth()
  return health.status === 'unhealthy' ? json(503, health, retryLater) : json(200, health)
})
