import { describe, expect, it } from '@jest/globals'
import { validator } from '@stockroom/http/validator'
import { NewProduct, ProductChange } from './product.ts'

const isProduct = validator(NewProduct)
const isChange = validator(ProductChange)

const errorPaths = (members: object) =>
  isProduct({ name: 'Lamp', price: 1, qty: 1, ...members })?.map(({ path }) => path)

describe('the price of a product', () => {
  it.each([0, 0.01, 0.1, 0.29, 1.1, 4.35, 19.99, 1234567.89, 999999999.99])('may be %d', (price) => {
    expect(errorPaths({ price })).toBeUndefined()
  })

  it.each([-0.01, 1.005, 0.000001, 19.999, 1e-7, 999999999.991, 1000000000, 1e20, '1', null, true])(
    'may not be %j',
    (price) => {
      expect(new Set(errorPaths({ price }))).toEqual(new Set(['/price']))
    },
  )

  it('is refused with how many decimals it may have', () => {
    const [error] = isProduct({ name: 'Lamp', price: 1.005, qty: 1 }) ?? []

    expect(error?.message).toBe('must have at most 2 decimals')
  })
})

describe('the stock of a product', () => {
  it.each([0, 1, 1_000_000_000])('may be %d', (qty) => {
    expect(errorPaths({ qty })).toBeUndefined()
  })

  it.each([-1, 0.5, 1_000_000_001, 1e20, '2', null])('may not be %j', (qty) => {
    expect(new Set(errorPaths({ qty }))).toEqual(new Set(['/qty']))
  })
})

describe('the name of a product', () => {
  it.each([
    ['one character', 'x'],
    ['spaces around it', '  Lamp  '],
    ['letters of any script', 'Лампа 電燈'],
    ['a line separator before its first letter', '\u2028Lamp'],
    ['a mark of direction beside letters', '\u202eLamp\u202c'],
    ['an emoji that joiners make', '👩\u200d🔧'],
    ['an invisible character within', 'La\u00admp'],
    ['a sign that counts as format', '\u0600\u0661'],
    ['255 characters', 'x'.repeat(255)],
    ['255 characters of two UTF-16 units each', '💡'.repeat(255)],
  ])('may have %s', (_, name) => {
    expect(errorPaths({ name })).toBeUndefined()
  })

  it.each([
    ['no characters', ''],
    ['white space alone', ' \u00a0\u2003\u3000\ufeff'],
    ['line separators alone', '\u2028\u2029'],
    ['a zero-width space alone', '\u200b'],
    ['a soft hyphen alone', '\u00ad'],
    ['a Hangul filler alone', '\u3164'],
    ['a blank of Braille alone', '\u2800'],
    ['a variation selector alone', '\ufe0f'],
    ['a tag alone', '\u{e0041}'],
    ['an annotation alone', '\ufff9\ufffb'],
    ['nothing visible of many kinds', ' \u200b\u3164\u2800\u00a0\u202e\u{e0020}'],
    ['a NUL', 'La\0mp'],
    ['a line feed', 'La\nmp'],
    ['a C1 control character', 'Lamp\u0085'],
    ['a lone high surrogate', 'Lamp\ud83d'],
    ['a lone low surrogate', '\udca1Lamp'],
    ['256 characters', 'x'.repeat(256)],
    ['256 characters of two UTF-16 units each', '💡'.repeat(256)],
  ])('may not have %s', (_, name) => {
    expect(new Set(errorPaths({ name }))).toEqual(new Set(['/name']))
  })

  it.each([' ', '\u200b', 'La\0mp', 'Lamp\ud83d'])('is refused once, in the same words: %j', (name) => {
    expect(isProduct({ name, price: 1, qty: 1 })).toEqual([
      { path: '/name', message: 'must not be blank nor hold control characters or broken Unicode' },
    ])
  })

  it('is looked at once, however long it is', () => {
    const name = `${' '.repeat(200_000)}\0`

    expect(new Set(errorPaths({ name }))).toEqual(new Set(['/name']))
  })

  it.each([1, null, ['Lamp'], { text: 'Lamp' }])('may not be %j', (name) => {
    expect(errorPaths({ name })).toEqual(['/name'])
  })
})

it('a new product has a name, a price and a stock', () => {
  expect(isProduct({})?.map(({ path }) => path)).toEqual(['/name', '/price', '/qty'])
})

describe('a change of a product', () => {
  it.each([{ name: 'Lamp' }, { price: 1 }, { qty: 1 }])('may be %j', (change) => {
    expect(isChange(change)).toBeUndefined()
  })

  it('has at least one member, and no unknown one', () => {
    expect(isChange({})).toEqual([{ path: '', message: expect.any(String) }])
    expect(isChange({ qty: 1, id: 7 })).toEqual([{ path: '/id', message: 'is not known here' }])
  })
})
