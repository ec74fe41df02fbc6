import { describe, expect, it } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { handler } from './answer-unknown-route.ts'

describe('every other route', () => {
  itKeepsTheEndpointPromises(handler, { request: { route: 'GET /nowhere', rawPath: '/nowhere' } })

  it.each(['//', '/nowhere', '/products/', '/products/7/orders', '/docs/a/b', '/openapi-json', '/Products'])(
    'answers 404 where there is no such path: %s',
    async (rawPath) => {
      const { headers, body } = await send(handler, { rawPath })

      expect(body).toEqual(problem(404, 'route-not-found'))
      expect(headers).not.toHaveProperty('allow')
    },
  )

  it.each([
    ['/', 'GET, HEAD'],
    ['/products', 'POST, GET, HEAD'],
    ['/products/7', 'GET, HEAD, PATCH, DELETE'],
    ['/docs/show.js', 'GET, HEAD'],
  ])('answers 405 with the methods of a path that is there: %s', async (rawPath, allow) => {
    const { headers, body } = await send(handler, { rawPath })

    expect(headers.allow).toBe(allow)
    expect(body).toEqual(problem(405, 'method-not-allowed'))
  })
})
