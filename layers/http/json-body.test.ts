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
const typed = (type: string | undefined, body: string | undefined = valid): ApiRequest => ({
  body,
  headers: { 'content-type': type as string },
})
const packed = (coding: string): ApiRequest => ({
  body: valid,
  headers: { 'content-type': 'application/json', 'content-encoding': coding },
})
const base64 = (body: string | Buffer): ApiRequest => ({
  body: Buffer.from(body).toString('base64'),
  isBase64Encoded: true,
})
const hex = (bytes: string) => base64(Buffer.from(bytes, 'hex'))

beforeEach(() => {
  handle.mockClear()
})

describe('a JSON body', () => {
  it.each([
    ['as text', { body: '{"word":"grüß dich","times":2}' }],
    ['in base64', base64('{"word":"grüß dich","times":2}')],
  ])('reaches the handler parsed, when it comes %s', async (_, request) => {
    const answer = await send(greet, request)

    expect(answer).toMatchObject({ statusCode: 200, body: { word: 'grüß dich', times: 2 } })
  })

  it.each([
    ['with a character set', typed('application/json; charset=utf-8')],
    ['with a type in capitals', typed('Application/JSON ;charset=utf-8')],
    ['with 256 KiB', { body: valid.padEnd(kib256) }],
    ['with 256 KiB before they became base64', base64(valid.padEnd(kib256))],
    ['with the coding of what is not packed', packed('identity')],
    ['without a coding', packed('')],
  ])('may come %s', async (_, request) => {
    expect((await send(greet, request)).statusCode).toBe(200)
  })

  // In the order of the checks: what is wrong otherwise, too, is answered by the first of them.
  it.each([
    [413, 'body-too-large', 'more than 256 KiB', typed('text/plain', '{'.padEnd(kib256 + 1))],
    [413, 'body-too-large', 'as many characters, more bytes', { body: `"${'ü'.repeat(kib256 / 2)}"` }],
    [413, 'body-too-large', 'more than 256 KiB in base64', base64(valid.padEnd(kib256 + 1))],
    [400, 'body-missing', 'nothing', { headers: { 'content-type': 'text/plain' } }],
    [400, 'body-missing', 'an empty text', typed('text/plain', '')],
    [415, 'unsupported-media-type', 'what gzip has packed', packed('GZIP')],
    [415, 'unsupported-media-type', 'what was packed twice', packed('deflate, gzip')],
    [415, 'unsupported-media-type', 'another type', typed('text/plain', '{')],
    [415, 'unsupported-media-type', 'a type that begins alike', typed('application/jsonp', '{')],
    [415, 'unsupported-media-type', 'an empty type', typed('', '{')],
    [415, 'unsupported-media-type', 'no type', typed(undefined)],
    [400, 'malformed-json', 'a comma too many', { body: '{"word":"hello",}' }],
    [400, 'malformed-json', 'more behind its end', { body: '{"word":"hello"} x' }],
    [400, 'malformed-json', 'a space', { body: ' ' }],
    [400, 'malformed-json', 'an open brace in base64', base64('{')],
    [400, 'malformed-json', 'Latin-1', hex('7b22776f7264223a22636166e9227d')],
    [400, 'malformed-json', 'a character that ends too soon', hex('7b22776f7264223a22c3227d')],
    [400, 'malformed-json', 'half a pair of UTF-16', hex('7b22776f7264223a22eda080227d')],
  ])('is answered %i %s when it is %s', async (status, code, _, request) => {
    expect((await send(greet, request)).body).toEqual(problem(status, code))
  })
})

describe('a body of the wrong shape', () => {
  it.each([
    ['a text that holds JSON, which is not parsed twice', JSON.stringify(valid), ''],
    ...['[]', 'true', '7', 'null', '""'].map((text) => [text, text, '']),
    ['false, handed over as a value', false as unknown as string, ''],
    ['0, handed over as a value', 0 as unknown as string, ''],
    ['a number as text', '{"word":"hello","times":"2"}', '/times'],
    ['text as a number', '{"word":2}', '/word'],
    ['null for a text', '{"word":null}', '/word'],
    ['a truth as a number', '{"word":"hello","times":true}', '/times'],
    ['an unknown member', '{"word":"hello","toString":1}', '/toString'],
    ['__proto__', '{"word":"hello","__proto__":{"times":1}}', '/__proto__'],
    ['__proto__ deeper inside', '{"word":"hello","nested":{"__proto__":{}}}', '/nested/__proto__'],
  ])('is refused, and not coerced: %s', async (_, text = '', path = '') => {
    const { body } = await send(greet, typed('application/json', text))

    expect(body).toEqual(problem(400, 'validation-failed', [{ path }]))
    expect(handle).not.toHaveBeenCalled()
  })

  it('is refused with every problem at once, each at its JSON Pointer', async () => {
    const wrong = { times: 0, list: [1, 'two', 3.5], nested: { 'a/b~c': 'x' }, 'x/y~z': 1 }

    const { body } = await send(greet, { json: wrong })

    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/list/1',
      '/list/2',
      '/nested/a~1b~0c',
      '/times',
      '/word',
      '/x~1y~0z',
    ])
  })

  it('is refused with the first 20 problems when there are more', async () => {
    const { body } = await send(greet, { json: { word: 'hello', list: new Array(100).fill('x') } })

    expect(body.errors).toHaveLength(20)
  })
})
