import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { consoleHeaders, consolePage } from './console-page.ts'

export const handler = endpoint(async ({ headers }) =>
  conditional(headers, text('text/html; charset=utf-8', consolePage, consoleHeaders)),
)
