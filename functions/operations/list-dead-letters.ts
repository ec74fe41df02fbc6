import { endpoint } from '@stockroom/http/endpoint'
import { json } from '@stockroom/http/response'
import { lookAtDeadLetters } from './dead-letter-desk.ts'

export const handler = endpoint(async () => json(200, await lookAtDeadLetters()))
