import { expect, it } from '@jest/globals'
import { itKeepsTheEndpointPromises, send } from '../../tests/support/endpoint-promises.ts'
import { apiDocument } from './api-document.ts'
import { handler } from './get-openapi.ts'

itKeepsTheEndpointPromises(handler, { request: { route: 'GET /openapi.json' } })

it('answers 200 with the document', async () => {
  const answer = await send(handler)

  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toBe('application/json')
  expect(answer.body).toEqual(JSON.parse(JSON.stringify(apiDocument)))
})
