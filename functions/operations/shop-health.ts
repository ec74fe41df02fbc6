import { cacheAnswers } from '@stockroom/cache/cache-health'
import { databaseAnswers } from '@stockroom/database/database-health'
import { brokerAnswers } from '@stockroom/messaging/broker-health'
import { unconsumedQueues } from '@stockroom/messaging/consumer-health'
import type { Health } from './health.ts'

/** Asks every service, for a second at most, and says how the shop is. */
export async function readHealth(): Promise<Health> {
  const [database, cache, broker, unconsumed] = await Promise.all([
    databaseAnswers(),
    cacheAnswers(),
    brokerAnswers(),
    unconsumedQueues(),
  ])
  const services = { database: word(database), cache: word(cache), broker: word(broker) }
  const isWhole = cache && broker && unconsumed.length === 0
  const status = !database ? 'unhealthy' : isWhole ? 'healthy' : 'degraded'
  const warnings = unconsumed.map((queue) => `Nobody consumes ${queue}: its messages wait.`)
  return {
    status,
    timestamp: new Date().toISOString(),
    services,
    ...(warnings.length > 0 && { warnings }),
  }
}

const word = (isUp: boolean): 'up' | 'down' => (isUp ? 'up' : 'down')
