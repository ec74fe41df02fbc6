import { describe, expect, it } from '@jest/globals'
import { itKeepsTheEndpointPromises, problem, send } from '../../tests/support/endpoint-promises.ts'
import { handler } from './answer-unknown-route.ts'

describe('every other route', () => {
  itKeepsTheEndpointPromises(handler, { request: { route: 'GET /nowhere' } })

  it('answers 404', async () => {
    const answer = await send(handler)

    expect(answer.statusCode).toBe(404)
    expect(answer.body).toEqual(problem(404, 'route-not-found'))
  })

  it('answers 404 whatever is sent', async () => {
    const answer = await send(handler, { body: '{', headers: { 'content-type': 'text/plain' } })

    expect(answer.body).toEqual(problem(404, 'route-not-found'))
  })
})
