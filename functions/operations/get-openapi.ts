import { endpoint } from '@stockroom/http/endpoint'
import { text } from '@stockroom/http/response'
import { apiDocument } from './api-document.ts'
import { pageRoutes } from './page-routes.ts'

const document = JSON.stringify(apiDocument)

export const handler = endpoint(pageRoutes.getOpenapi, async () => text('application/json', document))
