import { endpointWithBody } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { ChosenLetters } from './dead-letter.ts'
import { dealWithDeadLetters } from './dead-letter-desk.ts'

export const handler = endpointWithBody(ChosenLetters, async ({ body }) =>
  json(200, await dealWithDeadLetters('redrive', body)),
)
