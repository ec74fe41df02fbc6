import { endpoint } from '@stockroom/http/endpoint'
import { Problem } from '@stockroom/http/problem'
import { routeMethods } from '@stockroom/http/route-methods'
import { allRoutes } from './all-routes.ts'

const methodsOf = routeMethods(allRoutes)

export const handler = endpoint({}, async ({ rawPath }) => {
  const allow = methodsOf(rawPath).join(', ')
  if (!allow) throw new Problem('route-not-found', 'No route has this path.')

  throw new Problem('method-not-allowed', `This path has ${allow}.`, { headers: { allow } })
})
