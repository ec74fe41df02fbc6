import { describe, expect, it } from '@jest/globals'
import type { Route, RouteTable } from './route.ts'
import { routeMethods } from './route-methods.ts'

const table = (...routes: Route['route'][]): RouteTable => ({
  tag: { name: 'Mugs', description: 'Mugs.' },
  schemas: {},
  routes: Object.fromEntries(
    routes.map((route) => [route, { route, summary: 'Mugs', description: 'Mugs.', responses: {} }]),
  ),
})
const methodsOf = routeMethods([
  table('GET /mugs', 'POST /mugs', 'GET /mugs/{id}', 'PATCH /mugs/{id}', 'DELETE /mugs/{id}/handles/{n}'),
  table('PUT /mugs/{id}', 'GET /mugs.json'),
])

describe('the methods of a path', () => {
  it.each([
    ['/mugs', ['GET', 'HEAD', 'POST']],
    ['/mugs/7', ['GET', 'HEAD', 'PATCH', 'PUT']],
    ['/mugs/7/handles/1', ['DELETE']],
    ['/mugs.json', ['GET', 'HEAD']],
  ])('are those of its routes in every table: %s', (path, methods) => {
    expect(methodsOf(path)).toEqual(methods)
  })

  it.each([
    '',
    '/',
    '/mugs/',
    '/mugs/7/',
    '/mugs/7/handles',
    '/mugs/7/handles/',
    '/mugs-json',
    '/Mugs',
    '//mugs',
  ])('are none where there is no such path: "%s"', (path) => {
    expect(methodsOf(path)).toEqual([])
  })
})
