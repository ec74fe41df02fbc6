import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'

export const handler = endpoint(async () => {
  throw new Problem('route-not-found', 'No route has this method and path.')
})
