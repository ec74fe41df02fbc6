import { describe, expect, it } from '@jest/globals'
import { conditional, requireMatch } from './conditional.ts'
import { json } from './response.ts'

const response = (body: unknown = { id: 7 }) => json(200, body, { 'x-cache': 'HIT' })
const { etag = '' } = conditional({}, response()).headers

describe('a response that a client may keep', () => {
  it('comes with the tag of its content, and may be kept as long as it is asked for again', () => {
    const { headers, body } = conditional({}, response())

    expect(headers).toMatchObject({ 'x-cache': 'HIT', 'cache-control': 'no-cache' })
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(body).toBe('{"id":7}')
    expect(conditional({}, response({ id: 8 })).headers.etag).not.toBe(etag)
  })

  it.each([
    ['the tag', etag],
    ['a weak one', `W/${etag}`],
    ['one of several', `"other", ${etag},"another"`],
    ['anything', '*'],
  ])('is 304 without a body for a client that has %s', (_, ifNoneMatch) => {
    const { statusCode, headers, body } = conditional({ 'if-none-match': ifNoneMatch }, response())

    expect({ statusCode, body }).toEqual({ statusCode: 304, body: '' })
    expect(headers).toMatchObject({ etag, 'cache-control': 'no-cache', 'x-cache': 'HIT' })
  })

  it.each(['"other"', etag.slice(1, -1), '', 'W/', `${etag.slice(0, -1)}x"`])(
    'comes whole to a client that has %s',
    (ifNoneMatch) => {
      expect(conditional({ 'if-none-match': ifNoneMatch }, response()).statusCode).toBe(200)
    },
  )
})

it('a response with a tag of its own keeps that', () => {
  const tagged = json(200, {}, { etag: '"5"' })

  expect(conditional({}, tagged).headers.etag).toBe('"5"')
  expect(conditional({ 'if-none-match': '"5"' }, tagged).statusCode).toBe(304)
})

describe('requireMatch', () => {
  it.each([undefined, '*', ' * ', '"5"', '"4", "5"', '"4","5","6"'])('lets %j change "5"', (ifMatch) => {
    expect(() => requireMatch({ 'if-match': ifMatch }, '"5"')).not.toThrow()
  })

  it.each(['', '5', 'W/"5"', '"4"', '"*"', '"5', '"4", *'])('keeps %j from changing "5"', (ifMatch) => {
    expect(() => requireMatch({ 'if-match': ifMatch }, '"5"')).toThrow(
      expect.objectContaining({ code: 'precondition-failed', status: 412 }),
    )
  })
})
