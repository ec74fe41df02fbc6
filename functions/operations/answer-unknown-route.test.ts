import { describe, expect, it } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { handler } from './answer-unknown-route.ts'

describe('every other route', () => {
  itKeepsTheEndpointPromises(handler, { request: { route: 'GET /nowhere', rawPath: '/nowhere' } })

  it.each([
    '//',
    '/nowhere',
    '/products/',
    '/products/7/',
    '/products/7/orders',
    '/orders/product/',
    '/docs/a/b',
    '/openapi-json',
    '/Products',
    '//products',
  ])('answers 404 where there is no such path: %s', async (rawPath) => {
    const answer = await send(handler, { rawPath })

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'route-not-found'))
    expect(answer.headers).not.toHaveProperty('allow')
  })

  it.each([
    ['/', 'GET, HEAD'],
    ['/products', 'POST, GET, HEAD'],
    ['/products/7', 'GET, HEAD, PATCH, DELETE'],
    ['/products/7/with-orders', 'GET, HEAD'],
    ['/orders/7', 'GET, HEAD'],
    ['/admin/cache/warmup', 'POST'],
    ['/docs/show.js', 'GET, HEAD'],
  ])('answers 405 with the methods of a path that is there: %s', async (rawPath, allow) => {
    const answer = await send(handler, { rawPath })

    expect(answer.statusCode).toBe(405)
    expect(answer.headers.allow).toBe(allow)
    expect(answer.body).toEqual(problem(405, 'method-not-allowed'))
  })
})
