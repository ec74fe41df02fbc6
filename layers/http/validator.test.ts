import { describe, expect, it } from '@jest/globals'
import Type from 'typebox'
import { validator } from './validator.ts'

describe('the keyword decimals', () => {
  const errors = (decimals: number) => validator(Type.Number({ decimals }))

  it.each([0, 1, 0.1, 0.29, 1.1, 4.35, 8.2, 19.99, 1.15, 999_999_999.99, -19.99])(
    'counts at most two decimals in %d',
    (value) => {
      expect(errors(2)(value)).toBeUndefined()
    },
  )

  it.each([1.005, 0.001, 0.000001, 1e-7, 19.999, 4.350001])('counts more than two in %d', (value) => {
    expect(errors(2)(value)).toEqual([{ path: '', message: 'must have at most 2 decimals' }])
  })

  it('may allow none', () => {
    expect(errors(0)(7)).toBeUndefined()
    expect(errors(0)(7.5)).toEqual([{ path: '', message: 'must have at most 0 decimals' }])
  })
})

describe('a validator', () => {
  it('says what is missing by its own name', () => {
    const validate = validator(Type.Object({ 'a/b': Type.Integer() }))

    expect(validate({})).toEqual([{ path: '/a~1b', message: 'is missing' }])
  })

  it('returns nothing for a value that is right', () => {
    expect(validator(Type.Integer())(7)).toBeUndefined()
  })
})
