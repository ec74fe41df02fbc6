import { describe, expect, it } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { handler } from './get-liveness.ts'

const request = { route: 'GET /health/live' }

describe('GET /health/live', () => {
  itKeepsTheEndpointPromises(handler, { request })

  it('answers 200 where no service is configured', async () => {
    const answer = await send(handler, request)

    expect([answer.statusCode, answer.body]).toEqual([200, { status: 'alive' }])
  })
})
