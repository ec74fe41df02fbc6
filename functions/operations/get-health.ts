import { cacheAnswers } from '@stockroom/cache/cache-health'
import { databaseAnswers } from '@stockroom/database/database-health'
import { endpoint } from '@stockroom/http/endpoint'
import { json, retryLater } from '@stockroom/http/response'
import { brokerAnswers } from '@stockroom/messaging/broker-health'
import type { Health } from './health.ts'

export const handler = endpoint(async () => {
  const [database, cache, broker] = await Promise.all([databaseAnswers(), cacheAnswers(), brokerAnswers()])
  const services = { database: word(database), cache: word(cache), broker: word(broker) }
  const status = !database ? 'unhealthy' : cache && broker ? 'healthy' : 'degraded'

  const body: Health = { status, timestamp: new Date().toISOString(), services }
  return database ? json(200, body) : json(503, body, retryLater)
})

const word = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down')
