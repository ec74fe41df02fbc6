import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { docsHeaders, docsPage } from './docs-page.ts'
import { pageRoutes } from './page-routes.ts'

export const handler = endpoint(pageRoutes.getDocs, async () =>
  text('text/html; charset=utf-8', docsPage, docsHeaders),
)
