import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { text } from '@stockroom/http/response'
import { consoleFile } from './console-files.ts'
import { pageRoutes } from './page-routes.ts'

export const handler = endpoint(pageRoutes.getConsoleFile, async ({ path }) => {
  const file = consoleFile(path.file)
  if (!file) throw new Problem('route-not-found', 'The console has no such file.')

  return text(file.contentType, file.content)
})
