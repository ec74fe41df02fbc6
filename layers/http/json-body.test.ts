import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import Type from 'typebox'
import type { ApiRequest } from '../../tests/support/api-event.ts'
import { problem, send } from '../../tests/support/endpoint-promises.ts'
import { endpoint } from './endpoint.ts'
import { json } from './response.ts'

const Greeting = Type.Object(
  {
    word: Type.String({ minLength: 1 }),
    times: Type.Optional(Type.Integer({ minimum: 1 })),
    nested: Type.Optional(
      Type.Object({ 'a/b~c': Type.Optional(Type.Integer()) }, { additionalProperties: false }),
    ),
    list: Type.Optional(Type.Array(Type.Integer())),
  },
  { additionalProperties: false },
)
const handle = jest.fn(async ({ body }: { body: unknown }) => json(200, body))
const greet = endpoint({ body: Greeting }, handle)

const valid = '{"word":"hello"}'
const kib256 = 256 * 1024
const refused = (request: ApiRequest) => send(greet, request).then(({ body }) => body)
const textPlain = { 'content-type': 'text/plain' }

beforeEach(() => {
  handle.mockClear()
})

describe('a JSON body', () => {
  it('reaches the handler parsed', async () => {
    const answer = await send(greet, { body: '{"word":"grüß dich","times":2}' })

    expect(answer).toMatchObject({ statusCode: 200, body: { word: 'grüß dich', times: 2 } })
  })

  it('may come as base64', async () => {
    const body = Buffer.from('{"word":"grüß dich"}').toString('base64')

    const answer = await send(greet, { body, isBase64Encoded: true })

    expect(answer).toMatchObject({ statusCode: 200, body: { word: 'grüß dich' } })
  })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON ;charset=utf-8'])(
    'may come as %s',
    async (type) => {
      const answer = await send(greet, { body: valid, headers: { 'content-type': type } })

      expect(answer.statusCode).toBe(200)
    },
  )

  it('may have 256 KiB', async () => {
    const answer = await send(greet, { body: valid.padEnd(kib256) })

    expect(answer.statusCode).toBe(200)
  })
})

describe('the order of the checks of a body', () => {
  it('says 413 to more than 256 KiB, whatever else is wrong', async () => {
    const body = await refused({ body: '{'.padEnd(kib256 + 1), headers: textPlain })

    expect(body).toEqual(problem(413, 'body-too-large'))
  })

  it('counts bytes, not characters', async () => {
    const body = await refused({ body: JSON.stringify({ word: 'ü'.repeat(kib256 / 2) }) })

    expect(body).toEqual(problem(413, 'body-too-large'))
  })

  it('counts the bytes of a base64 body as they were sent', async () => {
    const small = Buffer.from(valid.padEnd(kib256)).toString('base64')
    const large = Buffer.from(valid.padEnd(kib256 + 1)).toString('base64')

    const answer = await send(greet, { body: small, isBase64Encoded: true })
    const body = await refused({ body: large, isBase64Encoded: true })

    expect(answer.statusCode).toBe(200)
    expect(body).toEqual(problem(413, 'body-too-large'))
  })

  it.each([undefined, ''])('says 400 to the body %j before it looks at the type', async (text) => {
    const body = await refused({ body: text, headers: textPlain })

    expect(body).toEqual(problem(400, 'body-missing'))
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', ''])(
    'says 415 to the type "%s" before it parses',
    async (type) => {
      const body = await refused({ body: '{', headers: { 'content-type': type } })

      expect(body).toEqual(problem(415, 'unsupported-media-type'))
    },
  )

  it('says 415 to a body without a type', async () => {
    const body = await refused({ body: valid, headers: { 'content-type': undefined as unknown as string } })

    expect(body).toEqual(problem(415, 'unsupported-media-type'))
  })

  it.each(['{', "{'word':'hello'}", '{"word":"hello",}', '{"word":"hello"} x', 'undefined', ' '])(
    'says 400 malformed to %s',
    async (text) => {
      const body = await refused({ body: text })

      expect(body).toEqual(problem(400, 'malformed-json'))
    },
  )

  it('says 400 malformed to base64 of something else', async () => {
    const body = await refused({ body: Buffer.from('{').toString('base64'), isBase64Encoded: true })

    expect(body).toEqual(problem(400, 'malformed-json'))
  })

  it.each([
    ['Latin-1', '7b22776f7264223a22636166e9227d'],
    ['a character that ends too soon', '7b22776f7264223a22c3227d'],
    ['half a pair of UTF-16', '7b22776f7264223a22eda080227d'],
  ])('says 400 to what is no UTF-8 and replaces nothing: %s', async (_, hex) => {
    const body = await refused({ body: Buffer.from(hex, 'hex').toString('base64'), isBase64Encoded: true })

    expect(body).toEqual({ ...problem(400, 'malformed-json'), detail: 'The body is not UTF-8.' })
  })

  it.each(['gzip', 'br', 'deflate, gzip', 'GZIP'])(
    'says 415 to a body packed as %s, and why',
    async (coding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }

      const body = await refused({ body: 'H4sIAAAAAAAAA', isBase64Encoded: true, headers })

      expect(body).toEqual({
        ...problem(415, 'unsupported-media-type'),
        detail: expect.stringContaining('content-encoding'),
      })
    },
  )

  it.each(['identity', ''])('minds no content-encoding "%s", which packs nothing', async (coding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding }

    const answer = await send(greet, { body: valid, headers })

    expect(answer.statusCode).toBe(200)
  })
})

describe('a body of the wrong shape', () => {
  it('is refused when it is a text that holds JSON, which is not parsed a second time', async () => {
    const body = await refused({ body: JSON.stringify(valid) })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: '' }]))
  })

  it.each(['[]', '"hello"', '7', 'true', 'false', '0', 'null', '""'])('is refused: %s', async (text) => {
    const body = await refused({ body: text })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: '' }]))
    expect(handle).not.toHaveBeenCalled()
  })

  it.each([false, 0])('is refused when the gateway hands %j over as a value', async (value) => {
    const body = await refused({
      body: value as unknown as string,
      headers: { 'content-type': 'application/json' },
    })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: '' }]))
  })

  it('is refused with every problem at once', async () => {
    const body = await refused({ json: { times: 0, colour: 'red', list: [1, 'two', 3.5] } })

    expect(body.errors).toHaveLength(5)
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/colour',
      '/list/1',
      '/list/2',
      '/times',
      '/word',
    ])
  })

  it('is refused with the first 20 problems when there are more', async () => {
    const body = await refused({ json: { word: 'hello', list: new Array(100).fill('x') } })

    expect(body.errors).toHaveLength(20)
  })

  it.each([
    ['a number as text', { word: 'hello', times: '2' }, '/times'],
    ['text as a number', { word: 2 }, '/word'],
    ['null', { word: null }, '/word'],
    ['a truth as a number', { word: 'hello', times: true }, '/times'],
  ])('is not coerced: %s', async (_, sent, path) => {
    const body = await refused({ json: sent })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path }]))
  })

  it.each(['__proto__', 'constructor', 'toString'])('is refused for the member %s', async (member) => {
    const body = await refused({ body: `{"word":"hello","${member}":{"times":1}}` })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: `/${member}` }]))
  })

  it('is refused for a __proto__ in base64', async () => {
    const text = Buffer.from('{"word":"hello","__proto__":{}}').toString('base64')

    const body = await refused({ body: text, isBase64Encoded: true })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: '/__proto__' }]))
  })

  it('is refused for a __proto__ deeper inside', async () => {
    const body = await refused({ body: '{"word":"hello","nested":{"__proto__":{}}}' })

    expect(body).toEqual(problem(400, 'validation-failed', [{ path: '/nested/__proto__' }]))
  })

  it('names members by JSON Pointers, in which ~ and / are escaped', async () => {
    const body = await refused({ json: { word: 'hello', 'x/y~z': 1, nested: { 'a/b~c': 'x' } } })

    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/nested/a~1b~0c',
      '/x~1y~0z',
    ])
  })
})
