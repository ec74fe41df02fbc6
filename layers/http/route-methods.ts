import type { RouteTable } from './route.ts'

/**
 * Looks up which methods these routes have for the path of a request, in the order of the tables; none for a path that
 * isn't there. `HEAD` goes wherever `GET` goes.
 */
export function routeMethods(tables: readonly RouteTable[]): (path: string) => string[] {
  const routes = tables.flatMap(({ routes }) => Object.values(routes)).map(({ route }) => route.split(' '))
  const known = routes.map(([method = '', path = '']) => ({
    shape: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  }))
  return (path) => known.filter(({ shape }) => shape.test(path)).flatMap(({ methods }) => methods)
}
