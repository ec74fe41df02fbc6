import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { lookAtDeadLetters } from './dead-letter-desk.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'

export const handler = endpoint(deadLetterRoutes.listDeadLetters, async () =>
  json(200, await lookAtDeadLetters()),
)
