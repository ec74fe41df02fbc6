import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { text } from '@stockroom/http/response'
import { docsFiles } from './docs-page.ts'
import { pageRoutes } from './page-routes.ts'

export const handler = endpoint(pageRoutes.getDocsFile, async ({ path }) => {
  const file = docsFiles.get(path.file)
  if (!file) throw new Problem('route-not-found', 'The page has no such file.')

  return text(file.contentType, file.read())
})
