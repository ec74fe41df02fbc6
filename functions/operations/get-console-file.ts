import { conditional } from '@stockroom/http/conditional'
import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { text } from '@stockroom/http/response'
import { consoleFile } from './console-files.ts'

export const handler = endpoint(async ({ path, headers }) => {
  const file = consoleFile(path.file ?? '')
  if (!file) throw new Problem('route-not-found', 'The console has no such file.')

  return conditional(headers, text(file.contentType, file.content))
})
