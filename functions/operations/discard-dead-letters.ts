import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { dealWithDeadLetters } from './dead-letter-desk.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'

export const handler = endpoint(deadLetterRoutes.discardDeadLetters, async ({ body }) =>
  json(200, await dealWithDeadLetters('discard', body)),
)
