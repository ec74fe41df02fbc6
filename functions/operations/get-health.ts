import { cacheAnswers } from '@stockroom/cache/cache-health'
import { databaseAnswers } from '@stockroom/database/database-health'
import { endpoint } from '@stockroom/http/endpoint'
import { json, retryLater } from '@stockroom/http/response'
import { brokerAnswers } from '@stockroom/messaging/broker-health'
import { unconsumedQueues } from '@stockroom/messaging/consumer-health'
import type { Health } from './health.ts'

export const handler = endpoint(async () => {
  const [database, cache, broker, unconsumed] = await Promise.all([
    databaseAnswers(),
    cacheAnswers(),
    brokerAnswers(),
    unconsumedQueues(),
  ])
  const services = { database: word(database), cache: word(cache), broker: word(broker) }
  const isWhole = cache && broker && unconsumed.length === 0
  const status = !database ? 'unhealthy' : isWhole ? 'healthy' : 'degraded'
  const warnings = unconsumed.map((queue) => `Nobody consumes ${queue}: orders stay pending.`)

  const body: Health = {
    status,
    timestamp: new Date().toISOString(),
    services,
    ...(warnings.length > 0 && { warnings }),
  }
  return database ? json(200, body) : json(503, body, retryLater)
})

const word = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down')
