import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { text } from '@stockroom/http/response'
import { docsFiles } from './docs-page.ts'

export const handler = endpoint(async ({ path, headers }) => {
  const file = docsFiles.get(path.file ?? '')
  if (!file) throw new Problem('route-not-found', 'The page has no such file.')

  return conditional(headers, text(file.contentType, file.read()))
})
