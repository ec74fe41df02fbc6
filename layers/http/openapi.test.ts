import { describe, expect, it } from '@jest/globals'
import Type from 'typebox'
import { openApiDocument } from './openapi.ts'
import type { Route } from './route.ts'

const Mug = Type.Object({ price: Type.Number({ decimals: 2 }) }, { examples: [{ price: 1.5 }] })
const info = {
  title: 'Mugs',
  version: '1',
  description: 'Mugs.',
  contact: { name: 'A potter' },
  license: { name: 'MIT', identifier: 'MIT' },
}

/** The document's operation for a route, with `given` in place of what the route would say. */
function operationOf(given: Partial<Route> = {}) {
  const route: Route = {
    route: 'POST /mugs/{id}',
    summary: 'Make a mug',
    description: 'Makes a mug.',
    responses: { 200: { description: 'The mug.', schema: Mug } },
    ...given,
  }
  const tag = { name: 'Mugs', description: 'Mugs.' }
  const document = openApiDocument(info, [{ tag, schemas: { Mug }, routes: { makeMug: route } }])
  return JSON.parse(JSON.stringify(document)).paths['/mugs/{id}'].post
}

describe('the OpenAPI document of a route table', () => {
  it('refers to the schemas that have a name, and shows their example', () => {
    const { content } = operationOf().responses[200]

    expect(content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Mug' }, example: { price: 1.5 } },
    })
  })

  it('shows a list with one example', () => {
    const { content } = operationOf({ responses: { 200: { description: 'Mugs.', schema: Type.Array(Mug) } } })
      .responses[200]

    expect(content['application/json'].example).toEqual([{ price: 1.5 }])
  })

  it('says our own keyword as an extension', () => {
    const { content } = operationOf({
      responses: { 200: { description: 'Half.', schema: Type.Partial(Mug) } },
    }).responses[200]

    expect(content['application/json'].schema.properties.price).toEqual({ type: 'number', 'x-decimals': 2 })
  })

  it('says of a text that has to be visible what every regular expression can say', () => {
    const Label = Type.Object({ text: Type.String({ visible: true }) })
    const { content } = operationOf({ responses: { 200: { description: 'A label.', schema: Label } } })
      .responses[200]

    const { text } = content['application/json'].schema.properties
    const pattern = new RegExp(text.pattern)
    expect(text['x-visible']).toBe(true)
    expect(['Mug', ' Mug', '💡', 'Лампа'].filter((value) => !pattern.test(value))).toEqual([])
    expect(['', ' ', '\u00a0', 'M\0ug', '\tMug', 'Mug\u0085'].filter((value) => pattern.test(value))).toEqual(
      [],
    )
  })

  it('gives an enumeration its type, and an integer that 32 bits do not hold its format', () => {
    const Thing = Type.Object({
      kind: Type.Enum(['mug', 'lamp']),
      id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      number: Type.Integer({ minimum: 0 }),
      qty: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    })
    const { content } = operationOf({ responses: { 200: { description: 'A thing.', schema: Thing } } })
      .responses[200]

    expect(content['application/json'].schema.properties).toMatchObject({
      kind: { type: 'string', enum: ['mug', 'lamp'] },
      id: { type: 'integer', format: 'int64' },
      number: { type: 'integer', format: 'int64' },
    })
    expect(content['application/json'].schema.properties.qty).not.toHaveProperty('format')
  })

  it('adds to a body what every body may be refused for, each status once', () => {
    const { requestBody, responses } = operationOf({ body: Mug, errors: ['total-too-large'] })

    expect(requestBody.required).toBe(true)
    expect(Object.keys(responses)).toEqual(['200', '400', '413', '415', '429', '500'])
    expect(Object.keys(responses[400].content['application/problem+json'].examples)).toEqual([
      'body-missing',
      'malformed-json',
      'validation-failed',
      'total-too-large',
    ])
  })

  it('has no 304 and no 401 where nothing is conditional or guarded', () => {
    const { responses, security, parameters } = operationOf()

    expect(Object.keys(responses)).toEqual(['200', '429', '500'])
    expect(security).toEqual([])
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['x-request-id', 'traceparent'])
  })

  it('says what a guarded and conditional route takes and responds', () => {
    const { responses, security, parameters } = operationOf({ isForAdmins: true, isConditional: true })

    expect(Object.keys(responses)).toEqual(['200', '304', '401', '403', '429', '500'])
    expect(responses[200].headers).toHaveProperty('etag')
    expect(security).toEqual([{ adminKey: [] }])
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
      'if-none-match',
      'x-request-id',
      'traceparent',
    ])
  })

  it('lets a response stand where an error has the same status', () => {
    const { responses } = operationOf({
      responses: { 503: { description: 'No mugs.', schema: Mug } },
      errors: ['service-unavailable'],
    })

    expect(responses[503].description).toBe('No mugs.')
  })
})
