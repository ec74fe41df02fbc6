import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { consoleHeaders, consolePage } from './console-page.ts'
import { pageRoutes } from './page-routes.ts'

export const handler = endpoint(pageRoutes.getConsole, async () =>
  text('text/html; charset=utf-8', consolePage, consoleHeaders),
)
