import { describe, expect, it } from '@jest/globals'
import Type, { type TSchema } from 'typebox'
import { type ApiInfo, openApiDocument } from './openapi.ts'
import type { Route } from './route.ts'

const Mug = Type.Object({ price: Type.Number({ decimals: 2 }) }, { examples: [{ price: 1.5 }] })
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
  const document = openApiDocument({ title: 'Mugs' } as ApiInfo, [
    { tag, schemas: { Mug }, routes: { makeMug: route } },
  ])
  return JSON.parse(JSON.stringify(document)).paths['/mugs/{id}'].post
}

/** What the document says of a response with this schema. */
const contentOf = (schema: TSchema) =>
  operationOf({ responses: { 200: { description: 'It.', schema } } }).responses[200].content[
    'application/json'
  ]

describe('the OpenAPI document of a route table', () => {
  it('refers to the schemas that have a name, and shows their example', () => {
    const Mugs = contentOf(Type.Array(Mug))

    expect(contentOf(Mug)).toEqual({ schema: { $ref: '#/components/schemas/Mug' }, example: { price: 1.5 } })
    expect(Mugs.example).toEqual([{ price: 1.5 }])
  })

  it('says our own keywords as extensions, an enumeration with its type, an integer beyond 32 bits with its format', () => {
    const Thing = Type.Object({
      price: Type.Number({ decimals: 2 }),
      kind: Type.Enum(['mug', 'lamp']),
      id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
      number: Type.Integer({ minimum: 0 }),
      qty: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    })

    expect(contentOf(Thing).schema.properties).toEqual({
      price: { type: 'number', 'x-decimals': 2 },
      kind: { type: 'string', enum: ['mug', 'lamp'] },
      id: expect.objectContaining({ type: 'integer', format: 'int64' }),
      number: expect.objectContaining({ type: 'integer', format: 'int64' }),
      qty: expect.not.objectContaining({ format: 'int64' }),
    })
  })

  it('says of a text that has to be visible what every regular expression can say', () => {
    const { text } = contentOf(Type.Object({ text: Type.String({ visible: true }) })).schema.properties

    const pattern = new RegExp(text.pattern)
    const values = ['Mug', ' Mug', '💡', 'Лампа', '', ' ', '\u00a0', 'M\0ug', '\tMug', 'Mug\u0085']
    expect(text['x-visible']).toBe(true)
    expect(values.filter((value) => pattern.test(value))).toEqual(values.slice(0, 4))
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

  it('says what any route takes and responds, and what a guarded and conditional one does beside that', () => {
    const any = operationOf()
    const special = operationOf({ isForAdmins: true, isConditional: true })
    const namesOf = ({ parameters }: { parameters: { name: string }[] }) => parameters.map(({ name }) => name)

    expect(Object.keys(any.responses)).toEqual(['200', '429', '500'])
    expect(Object.keys(special.responses)).toEqual(['200', '304', '401', '403', '429', '500'])
    expect([any.security, special.security]).toEqual([[], [{ adminKey: [] }]])
    expect(namesOf(any)).toEqual(['x-request-id', 'traceparent'])
    expect(namesOf(special)).toEqual(['if-none-match', 'x-request-id', 'traceparent'])
  })

  it('lets a response stand where an error has the same status', () => {
    const { responses } = operationOf({
      responses: { 503: { description: 'No mugs.', schema: Mug } },
      errors: ['service-unavailable'],
    })

    expect(responses[503].description).toBe('No mugs.')
  })
})
