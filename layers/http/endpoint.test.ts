import { describe, expect, it, jest } from '@jest/globals'
import Type from 'typebox'
import { problem, send } from '../../tests/support/endpoint-promises.ts'
import { endpoint } from './endpoint.ts'
import { idempotencyKeyHeader } from './idempotency-key.ts'
import { pageQuery } from './pagination.ts'
import { idInPath } from './parameters.ts'
import { json } from './response.ts'

const contract = {
  path: { id: idInPath('The id of the mug.', 'product-not-found') },
  query: pageQuery,
  headers: { 'idempotency-key': idempotencyKeyHeader('mug') },
  body: Type.Object({ qty: Type.Integer() }, { additionalProperties: false }),
}
const sent = {
  json: { qty: 1 },
  path: { id: '7' },
  query: { limit: '5' },
  headers: { 'idempotency-key': 'k' },
}

describe('an endpoint', () => {
  it('hands over what its contract declares, typed, and nothing else', async () => {
    const handle = jest.fn<Parameters<typeof endpoint<typeof contract>>[1]>(async ({ path, body }) =>
      json(200, path.id + body.qty),
    )
    const query = { ...sent.query, colour: 'red' }

    const { body } = await send(endpoint(contract, handle), { ...sent, query })

    expect(body).toBe(8)
    expect(handle.mock.calls[0]?.[0]).toMatchObject({
      body: { qty: 1 },
      path: { id: 7 },
      query: { limit: 5, cursor: undefined },
      headers: { 'idempotency-key': 'k' },
    })
    expect(handle.mock.calls[0]?.[0].query).not.toHaveProperty('colour')
  })

  it.each([
    ['body', {}, problem(400, 'validation-failed', [{ path: '/qty' }])],
    ['path', { json: sent.json }, problem(404, 'product-not-found')],
    ['query', { json: sent.json, path: sent.path }, problem(400, 'validation-failed', [{ path: '/limit' }])],
    ['headers', { ...sent, headers: undefined }, problem(400, 'idempotency-key-malformed')],
  ])(
    'looks at body, path, query and headers in that order, and first minds its %s',
    async (_, right, expected) => {
      const wrong = { json: {}, path: { id: 'x' }, query: { limit: '0' }, headers: { 'idempotency-key': '' } }
      const handle = jest.fn(async () => json(200, {}))

      const { body } = await send(endpoint(contract, handle), { ...wrong, ...right, headers: wrong.headers })

      expect(body).toEqual(expected)
      expect(handle).not.toHaveBeenCalled()
    },
  )
})
