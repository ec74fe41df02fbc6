import { describe, expect, it } from '@jest/globals'
import { compileFilter } from './filter-pattern.ts'

/** Whether a message passes: an object is sent as JSON, a text as it is. */
const passes = (patterns: unknown[], body: unknown) =>
  compileFilter(patterns)(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

const json = (pattern: unknown, body: unknown) => passes([{ data: pattern }], body)

describe("Lambda's own examples for Amazon MQ", () => {
  it('keeps JSON messages whose timeout is greater than 0', () => {
    const pattern = { timeout: [{ numeric: ['>', 0] }] }

    expect(json(pattern, { timeout: 1, IPAddress: '203.0.113.254' })).toBe(true)
    expect(json(pattern, { timeout: 0, IPAddress: '203.0.113.254' })).toBe(false)
  })

  it('keeps plain strings that begin with "Result: "', () => {
    expect(passes([{ data: [{ prefix: 'Result: ' }] }], 'Result: 7')).toBe(true)
    expect(passes([{ data: [{ prefix: 'Result: ' }] }], 'result: 7')).toBe(false)
  })
})

describe("Lambda's table of formats", () => {
  it.each([
    ['a plain string and a pattern for JSON', { data: { a: [{ exists: false }] } }, 'plain'],
    ['JSON and a pattern for plain strings', { data: [{ 'anything-but': 'x' }] }, '{"a":1}'],
    ['a JSON number and a pattern for plain strings', { data: ['5'] }, '5'],
    ['a JSON string and a pattern for plain strings', { data: ['text'] }, '"text"'],
  ])('drops %s', (_, pattern, body) => {
    expect(passes([pattern], body)).toBe(false)
  })

  it('reads bodies as UTF-8', () => {
    expect(passes([{ data: ['Zürich'] }], 'Zürich')).toBe(true)
    expect(compileFilter([{ data: ['Zürich'] }])(Buffer.from('Zürich', 'latin1'))).toBe(false)
  })
})

describe("Lambda's filter rules", () => {
  it.each([
    ['Null', [null], null, ''],
    ['Empty', [''], '', 'x'],
    ['Equals', ['Alice'], 'Alice', 'alice'],
    ['Equals (a number)', [100], 100, '100'],
    ['Equals (a boolean)', [true], true, 'true'],
    ['Equals (ignore case)', [{ 'equals-ignore-case': 'alice' }], 'ALICE', 'bob'],
    ['Or', ['New York', 'Paris'], 'Paris', 'Rome'],
    ['Not', [{ 'anything-but': 'initializing' }], 'running', 'initializing'],
    ['Not (several)', [{ 'anything-but': ['a', 1] }], 'b', 1],
    ['Numeric (equals)', [{ numeric: ['=', 100] }], 100, 101],
    ['Numeric (range)', [{ numeric: ['>', 10, '<=', 20] }], 20, 10],
    ['Numeric (at least)', [{ numeric: ['>=', 10] }], 10, 9.99],
    ['Numeric (less)', [{ numeric: ['<', 0] }], -1, 0],
    ['Begins with', [{ prefix: 'us-' }], 'us-east-1', 'eu-us-1'],
    ['Ends with', [{ suffix: '.png' }], 'a.png', 'a.png.gz'],
  ])('%s', (_, rules, passing, failing) => {
    expect(json({ field: rules }, { field: passing })).toBe(true)
    expect(json({ field: rules }, { field: failing })).toBe(false)
  })

  it.each([
    [[{ exists: true }], { field: null }, {}],
    [[{ exists: false }], {}, { field: 0 }],
  ])('Exists works on leaves: %j', (rules, passing, failing) => {
    expect(json({ field: rules }, passing)).toBe(true)
    expect(json({ field: rules }, failing)).toBe(false)
  })

  it('Exists does not match what holds more than a value', () => {
    expect(json({ field: [{ exists: true }] }, { field: { inner: 1 } })).toBe(false)
  })

  it('And: every field has to match, further ones may be there', () => {
    const pattern = { city: ['Paris'], day: ['Monday'] }

    expect(json(pattern, { city: 'Paris', day: 'Monday', more: 1 })).toBe(true)
    expect(json(pattern, { city: 'Paris', day: 'Tuesday' })).toBe(false)
  })

  it('Or (multiple fields)', () => {
    const pattern = { kind: ['order'], $or: [{ city: ['Paris'] }, { total: [{ numeric: ['>', 100] }] }] }

    expect(json(pattern, { kind: 'order', city: 'Paris', total: 1 })).toBe(true)
    expect(json(pattern, { kind: 'order', city: 'Rome', total: 101 })).toBe(true)
    expect(json(pattern, { kind: 'order', city: 'Rome', total: 100 })).toBe(false)
    expect(json(pattern, { kind: 'return', city: 'Paris' })).toBe(false)
  })

  it('reach into nested objects, present or not', () => {
    expect(json({ a: { b: { c: [1] } } }, { a: { b: { c: 1 } } })).toBe(true)
    expect(json({ a: { b: { c: [1] } } }, { a: { b: 1 } })).toBe(false)
    expect(json({ a: { b: [{ exists: false }] } }, {})).toBe(true)
  })

  it('match an array when one of its elements matches', () => {
    expect(json({ tags: ['b'] }, { tags: ['a', 'b'] })).toBe(true)
    expect(json({ tags: ['c'] }, { tags: ['a', 'b'] })).toBe(false)
    expect(
      json({ lines: { sku: ['x'], count: [2] } }, { lines: [{ sku: 'x', count: 2 }, { sku: 'y' }] }),
    ).toBe(true)
    expect(json({ lines: { sku: ['x'], count: [2] } }, { lines: [{ sku: 'x' }, { count: 2 }] })).toBe(false)
  })

  it('see own fields alone', () => {
    expect(json({ toString: [{ exists: true }] }, {})).toBe(false)
  })
})

describe('several patterns', () => {
  it('are ORed', () => {
    const patterns = [{ data: ['a'] }, { data: { b: [1] } }]

    expect([passes(patterns, 'a'), passes(patterns, { b: 1 }), passes(patterns, 'c')]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('may be written as one with $or', () => {
    const patterns = [{ $or: [{ data: ['a'] }, { data: { b: [1] } }] }]

    expect([passes(patterns, 'a'), passes(patterns, { b: 1 }), passes(patterns, 'c')]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('a wrong pattern', () => {
  it.each([
    [{}, 'must be an array of 1 to 10 patterns'],
    [[], 'must be an array of 1 to 10 patterns'],
    [Array(11).fill({ data: ['a'] }), 'must be an array of 1 to 10 patterns'],
    [['a'], '[0] must be an object with data'],
    [[{ data: ['a'.repeat(4096)] }], '[0] must have at most 4096 characters'],
    [
      [{ basicProperties: { type: ['a'] } }],
      '[0] must hold data alone: Lambda filters Amazon MQ messages by nothing',
    ],
    [[{ data: ['a'], type: ['a'] }], '[0] must hold data alone'],
    [[{ data: [] }], "[0].data must be an object or an array that isn't empty"],
    [[{ data: {} }], '[0].data must not be empty'],
    [[{ data: { a: 'x' } }], "[0].data.a must be an object or an array that isn't empty"],
    [[{ data: { a: { $or: [{ b: [1] }] } } }], '[0].data.a.$or must be an array of two or more objects'],
    [[{ data: ['ok', { wildcard: '*x' }] }], '[0].data[1]: {"wildcard":"*x"} is no rule of Lambda'],
    [
      [{ data: [{ prefix: 'a', suffix: 'b' }] }],
      '[0].data[0]: {"prefix":"a","suffix":"b"} is no rule of Lambda',
    ],
    [[{ data: [{ prefix: 1 }] }], '[0].data[0]: {"prefix":1} has a wrong value'],
    [[{ data: [{ exists: 'yes' }] }], '[0].data[0]: {"exists":"yes"} has a wrong value'],
    [[{ data: [{ numeric: ['>'] }] }], 'has a wrong value'],
    [[{ data: [{ numeric: ['~', 1] }] }], 'has a wrong value'],
    [[{ data: [{ 'anything-but': { prefix: 'a' } }] }], 'has a wrong value'],
  ])('is refused with its place: %j', (patterns, message) => {
    expect(() => compileFilter(patterns)).toThrow(message)
  })
})
