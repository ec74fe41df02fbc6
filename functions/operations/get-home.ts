import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { homeHeaders, homePage } from './home-page.ts'

export const handler = endpoint(async ({ headers }) =>
  conditional(headers, text('text/html; charset=utf-8', homePage, homeHeaders)),
)
