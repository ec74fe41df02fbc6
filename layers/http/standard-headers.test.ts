import { describe, expect, it } from '@jest/globals'
import { send, standardHeaders } from '../../tests/support/endpoint-promises.ts'
import { json } from './response.ts'

process.env.LOG_LEVEL = 'silent'
const { endpoint } = await import('./endpoint.ts')
const { Problem } = await import('./problem.ts')

describe('the standard headers', () => {
  it('stand on what succeeds', async () => {
    const { headers } = await send(endpoint({}, async () => json(200, {})))

    expect(headers).toMatchObject(standardHeaders)
  })

  it.each([new Problem('route-not-found', 'Nowhere.'), new Error('broken')])(
    'stand on what is refused, and on what fails: %s',
    async (error) => {
      const { headers } = await send(endpoint({}, () => Promise.reject(error)))

      expect(headers).toMatchObject(standardHeaders)
    },
  )

  it('give way to what an endpoint says itself', async () => {
    const { headers } = await send(endpoint({}, async () => json(200, {}, { 'cache-control': 'no-cache' })))

    expect(headers).toEqual({
      ...standardHeaders,
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      'x-request-id': expect.any(String),
    })
  })
})
