import { expect, it } from '@jest/globals'
import { httpApiEvent } from './http-api-event.ts'

const request = (given: object = {}) => ({
  method: 'POST',
  url: '/orders',
  httpVersion: '1.1',
  headers: { host: 'shop', 'content-type': 'application/json' },
  socket: { remoteAddress: '127.0.0.1' },
  ...given,
})

it('hands a request over as an HTTP API does, in payload format 2.0', () => {
  const event = httpApiEvent(request(), '{"quantity":1}', new Date(5))

  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /orders',
    rawPath: '/orders',
    rawQueryString: '',
    headers: { host: 'shop', 'content-type': 'application/json' },
    requestContext: {
      http: { method: 'POST', path: '/orders', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      timeEpoch: 5,
    },
    body: '{"quantity":1}',
    isBase64Encoded: false,
  })
})

it('takes the query out of the path', () => {
  const event = httpApiEvent(request({ method: 'GET', url: '/products?limit=2&cursor=a%20b' }), '')

  expect(event).toMatchObject({
    rawPath: '/products',
    rawQueryString: 'limit=2&cursor=a%20b',
    queryStringParameters: { limit: '2', cursor: 'a b' },
  })
})

it('leaves out the query and the body that are not there', () => {
  const event = httpApiEvent(request(), '')

  expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['body']))
  expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['queryStringParameters']))
})
