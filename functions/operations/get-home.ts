import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { homeHeaders, homePage } from './home-page.ts'
import { pageRoutes } from './page-routes.ts'

export const handler = endpoint(pageRoutes.getHome, async () =>
  text('text/html; charset=utf-8', homePage, homeHeaders),
)
