import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { apiDocument } from './api-document.ts'

const document = JSON.stringify(apiDocument)

export const handler = endpoint(async ({ headers }) =>
  conditional(headers, text('application/json', document)),
)
