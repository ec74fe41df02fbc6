import type { Route } from '@stockroom/http/route'
import type { ApiRequest } from './api-event.ts'

interface Example extends ApiRequest {
  route: string
  path: Record<string, string>
  json?: Record<string, unknown>
}

/** The request that the contract of a route shows as its example. */
export function exampleRequest({ route, path = {}, body }: Route): Example {
  const [json] = (body as { examples?: Record<string, unknown>[] } | undefined)?.examples ?? []
  return {
    route,
    path: Object.fromEntries(Object.entries(path).map(([name, { example }]) => [name, String(example)])),
    ...(json && { json }),
  }
}
