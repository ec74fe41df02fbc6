import { describe, expect, it } from '@jest/globals'
import { printable, shown, someOf } from './foreign-text.ts'

describe('printable', () => {
  it.each([
    ['Größe 10 €, 日本, 👍', 'Größe 10 €, 日本, 👍'],
    ['{"a":\n\t1}\r', '{"a":\\n\\t1}\\r'],
    ['\u001b[2J\u0000\u007f\u009b31m', '\\u{1b}[2J\\u{0}\\u{7f}\\u{9b}31m'],
    ['\u202eabc\u200f\u200b\u2028\u2029', '\\u{202e}abc\\u{200f}\\u{200b}\\u{2028}\\u{2029}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0001}', '\\u{e0001}'],
  ])('shows %j in one line that does nothing to a terminal', (text, seen) => {
    expect(printable(text)).toBe(seen)
  })

  it('shows the beginning of a long text', () => {
    expect(['abcdef', 'abc'].map((text) => printable(text, 3))).toEqual(['abc…', 'abc'])
  })
})

it.each([
  [`${'x'.repeat(80)}\n`, `${'x'.repeat(80)}…`],
  [Number.NaN, 'NaN'],
  [null, 'null'],
  [[1, 2], '(a list)'],
  [{ toString: 1, toJSON: 1 }, '(a table)'],
  [Object.create(null), '(a table)'],
])('shown has a few words for a header of any type: %j', (value, words) => {
  expect(shown(value)).toBe(words)
})

it('someOf names the first of many, the beginning of long ones, and counts the rest', () => {
  expect(someOf(['a', 'b\n'])).toBe('a, b\\n')
  expect(someOf(['x'.repeat(41), 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
    `${'x'.repeat(40)}…, b, c, d, e, 2 more`,
  )
})
