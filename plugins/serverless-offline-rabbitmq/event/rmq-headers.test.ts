import { describe, expect, it } from '@jest/globals'
import { displayTime, headerTable } from './rmq-headers.ts'

describe('headerTable', () => {
  it.each([
    ['a number that JSON has not', Number.NaN, null],
    ['an infinite number', Number.NEGATIVE_INFINITY, null],
    ['a moment that no date reaches', { '!': 'timestamp', value: 2 ** 64 }, null],
    ['a decimal that no number is', { '!': 'decimal', value: { places: -1, digits: 5 } }, null],
  ])('has null for %s', (_, value, shown) => {
    expect(headerTable({ value })).toEqual({ value: shown })
  })

  it.each([
    ['timestamp', 'soon'],
    ['timestamp', null],
    ['decimal', null],
    ['decimal', 7],
    ['decimal', { places: 'two', digits: 1 }],
    ['long', 5],
    [7, 7],
  ])('takes a table for a table that only looks like a %s: %j', (type, value) => {
    const table = { '!': type, value }

    expect(headerTable({ table })).toEqual({ table: headerTable(table) })
  })

  it('takes a name that all objects have for a name', () => {
    const headers = headerTable(JSON.parse('{"__proto__": {"a": 1}, "toString": 1}'))

    expect(Object.entries(headers)).toEqual([
      ['__proto__', { a: 1 }],
      ['toString', 1],
    ])
  })
})

describe('displayTime', () => {
  it('shows the last second that a date reaches, and none after it', () => {
    expect(displayTime(8_640_000_000_000)).toBe('Sep 13, 275760, 12:00:00 AM')
    expect(displayTime(8_640_000_000_001)).toBeNull()
  })
})
