import { describe, expect, it } from '@jest/globals'
import { printable, shown, someOf } from './foreign-text.ts'

describe('printable', () => {
  it.each([
    ['order.created', 'order.created'],
    ['Größe 10 €, 日本, 👍', 'Größe 10 €, 日本, 👍'],
    ['{"a":\n\t1}\r', '{"a":\\n\\t1}\\r'],
    ['\u001b]0;title\u0007\u001b[2J', '\\u{1b}]0;title\\u{7}\\u{1b}[2J'],
    ['\u0000\u007f\u0085\u009b31m', '\\u{0}\\u{7f}\\u{85}\\u{9b}31m'],
    ['\u202eabc\u2066\u200f\u061c', '\\u{202e}abc\\u{2066}\\u{200f}\\u{61c}'],
    ['\u2028\u2029\u200b\ufeff\u00ad', '\\u{2028}\\u{2029}\\u{200b}\\u{feff}\\u{ad}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0001}', '\\u{e0001}'],
  ])('shows %j in one line that does nothing to a terminal', (text, seen) => {
    expect(printable(text)).toBe(seen)
  })

  it('shows the beginning of a long text', () => {
    expect(printable('abcdef', 3)).toBe('abc…')
    expect(printable('abc', 3)).toBe('abc')
  })
})

describe('shown', () => {
  it.each([
    ['a\n', 'a\\n'],
    ['x'.repeat(81), `${'x'.repeat(80)}…`],
    [7, '7'],
    [Number.NaN, 'NaN'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[1, 2], '(a list)'],
    [{ toString: 1, toJSON: 1 }, '(a table)'],
    [Object.create(null), '(a table)'],
  ])('has a few words for a header of any type: %j', (value, words) => {
    expect(shown(value)).toBe(words)
  })
})

describe('someOf', () => {
  it('names all of a few', () => {
    expect(someOf(['a', 'b\n'])).toBe('a, b\\n')
  })

  it('names the first of many, the beginning of long ones, and counts the rest', () => {
    expect(someOf(['x'.repeat(41), 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
      `${'x'.repeat(40)}…, b, c, d, e, 2 more`,
    )
  })
})
