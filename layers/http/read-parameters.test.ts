import { describe, expect, it } from '@jest/globals'
import Type from 'typebox'
import { parameterReader } from './read-parameters.ts'

const description = 'Of a mug.'
const count = { description, schema: Type.Integer({ minimum: 1, maximum: 100 }), default: 20 }
const glaze = { description, schema: Type.Enum(['blue', 'green', 'raw']), default: 'raw' }
const isChipped = { description, schema: Type.Enum(['true', 'false']) }
const mark = { description, schema: Type.String({ minLength: 1, maxLength: 3 }) }
const colour = { description, schema: Type.String({ pattern: '^#[0-9a-f]{6}$' }) }
const number = {
  description,
  schema: Type.Integer({ minimum: 0 }),
  code: 'route-not-found' as const,
  message: 'There is no such mug.',
}

const readQuery = parameterReader('query', { count, glaze, isChipped, mark, colour })
const errorsOf = (query: Record<string, string>) => {
  try {
    return readQuery(query)
  } catch (error) {
    return (error as { errors: object[] }).errors
  }
}

describe('the parameters of a request', () => {
  it('are read as their schemas say', () => {
    const query = { count: '7', glaze: 'blue', isChipped: 'true', mark: 'A/1', colour: '#00ff00' }

    expect(readQuery(query)).toEqual({ ...query, count: 7 })
  })

  it.each([undefined, {}, { shape: 'round' }])('have their defaults where %j is sent', (query) => {
    expect(readQuery(query)).toEqual({ count: 20, glaze: 'raw' })
  })

  it.each(['0', '101', '-1', '1.5', '1e1', ' 5', '5\n', '٥', ''])(
    'are no integer from 1 to 100 in "%s"',
    (text) => {
      expect(errorsOf({ count: text })).toEqual([
        { path: '/count', message: 'must be an integer from 1 to 100' },
      ])
    },
  )

  it.each([
    ['glaze', 'red', 'must be one of blue, green, raw'],
    ['glaze', 'constructor', 'must be one of blue, green, raw'],
    ['isChipped', 'TRUE', 'must be true or false'],
    ['mark', '', 'must have 1 to 3 characters'],
    ['mark', 'ABCD', 'must have 1 to 3 characters'],
  ])('are refused where %s is "%s", in words of the schema', (name, text, message) => {
    expect(errorsOf({ [name]: text })).toEqual([{ path: `/${name}`, message }])
  })

  it('are refused with everything that is wrong with them, as to a pattern, too', () => {
    expect(errorsOf({ count: 'x', glaze: 'raw', mark: '', colour: 'green' })).toMatchObject([
      { path: '/count' },
      { path: '/mark' },
      { path: '/colour' },
    ])
  })

  it.each([{ number: '1x' }, {}, undefined])(
    'are always there in a path, and have a code there: %j',
    (path) => {
      const readPath = parameterReader('path', { number })

      expect(() => readPath(path)).toThrow(
        expect.objectContaining({
          code: 'route-not-found',
          detail: 'There is no such mug.',
          errors: undefined,
        }),
      )
      expect(readPath({ number: '0' })).toEqual({ number: 0 })
    },
  )

  it('may be read by a function, which sees those before it', () => {
    const read = (text: string, { glaze }: { glaze?: string }) => (text === glaze ? { text } : undefined)
    const readBoth = parameterReader('query', { glaze, other: { ...mark, read, message: 'is another' } })

    expect(readBoth({ glaze: 'blue', other: 'blue' })).toEqual({ glaze: 'blue', other: { text: 'blue' } })
    expect(() => readBoth({ glaze: 'blue', other: 'raw' })).toThrow(
      expect.objectContaining({ errors: [{ path: '/other', message: 'is another' }] }),
    )
  })
})
