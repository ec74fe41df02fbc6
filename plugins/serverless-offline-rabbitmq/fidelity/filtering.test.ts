import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { documentedAs } from '../fixtures/aws-pages.ts'
import { settled, setUpTold, startedPoller } from '../fixtures/started-poller.ts'
import { compileFilter } from '../mapping/filter-pattern.ts'

/** Whether a message passes: an object is sent as JSON, a text as it is. */
const passes = (patterns: unknown[], body: unknown) =>
  compileFilter(patterns)(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

const json = (pattern: unknown, body: unknown) => passes([{ data: pattern }], body)

afterEach(() => {
  jest.useRealTimers()
})

describe(documentedAs('Filters'), () => {
  it('keeps, as in the example of the page, JSON messages whose timeout is greater than 0', () => {
    const pattern = { timeout: [{ numeric: ['>', 0] }] }

    expect(json(pattern, { timeout: 1, IPAddress: '203.0.113.254' })).toBe(true)
    expect(json(pattern, { timeout: 0, IPAddress: '203.0.113.254' })).toBe(false)
  })

  it('keeps, as in the example of the page, plain strings that begin with "Result: "', () => {
    expect(passes([{ data: [{ prefix: 'Result: ' }] }], 'Result: 7')).toBe(true)
    expect(passes([{ data: [{ prefix: 'Result: ' }] }], 'result: 7')).toBe(false)
  })

  it.each([
    ['a plain string and a pattern for JSON', { data: { a: [{ exists: false }] } }, 'plain'],
    ['JSON and a pattern for plain strings', { data: [{ 'anything-but': 'x' }] }, '{"a":1}'],
    ['a JSON number and a pattern for plain strings', { data: ['5'] }, '5'],
    ['a JSON string and a pattern for plain strings', { data: ['text'] }, '"text"'],
  ])(
    'drops, in the stricter of two readings, a message whose format is not that of the pattern: %s',
    (_, pattern, body) => {
      expect(passes([pattern], body)).toBe(false)
    },
  )

  it('decodes bytes into UTF-8 before it filters, and drops what is in another encoding', () => {
    const [inUtf8, inLatin1] = [Buffer.from('Zürich'), Buffer.from('Zürich', 'latin1')]

    expect(compileFilter([{ data: ['Zürich'] }])(inUtf8)).toBe(true)
    expect(compileFilter([{ data: [{ 'anything-but': 'Bern' }] }])(inUtf8)).toBe(true)
    expect(compileFilter([{ data: [{ 'anything-but': 'Bern' }] }])(inLatin1)).toBe(false)
  })

  it('refuses a pattern for anything but data', () => {
    expect(() => compileFilter([{ basicProperties: { type: ['a'] } }])).toThrow(
      '[0] must hold data alone: Lambda filters Amazon MQ messages by nothing',
    )
    expect(() => compileFilter([{ data: ['a'], type: ['a'] }])).toThrow('[0] must hold data alone')
  })

  it('removes a message that does not match from the queue when it filters, without the function', async () => {
    jest.useFakeTimers()
    const passes = compileFilter([{ data: ['yes'] }])
    const { channel, invoke } = await startedPoller({ passes })

    for (const body of ['no', 'yes', 'no', 'yes', 'yes']) channel.deliverBody(body)
    await settled()

    const data = Buffer.from('yes').toString('base64')
    expect(channel.told).toEqual([...setUpTold, 'ack 1 ', 'ack 3 '])
    expect(invoke.mock.calls.map(([event]) => event.rmqMessagesByQueue['stock::/'])).toMatchObject([
      [{ data }, { data }, { data }],
    ])
  })
})

describe(documentedAs('Filter rules'), () => {
  it.each([
    ['Null', [null], null, ''],
    ['Empty', [''], '', 'x'],
    ['Equals', ['Alice'], 'Alice', 'alice'],
    ['Equals (a number)', [100], 100, '100'],
    ['Equals (a boolean)', [true], true, 'true'],
    ['Equals (ignore case)', [{ 'equals-ignore-case': 'alice' }], 'ALICE', 'bob'],
    ['Or', ['New York', 'Paris'], 'Paris', 'Rome'],
    ['Not', [{ 'anything-but': 'initializing' }], 'running', 'initializing'],
    ['Not (any of several)', [{ 'anything-but': ['a', 1] }], 'b', 1],
    ['Numeric (equals)', [{ numeric: ['=', 100] }], 100, 101],
    ['Numeric (range)', [{ numeric: ['>', 10, '<=', 20] }], 20, 10],
    ['Numeric (another range)', [{ numeric: ['>=', 10, '<', 20] }], 10, 20],
    ['Begins with', [{ prefix: 'us-' }], 'us-east-1', 'eu-us-1'],
    ['Ends with', [{ suffix: '.png' }], 'a.png', 'a.png.gz'],
  ])('compares as the table of the page says: %s', (_, rules, passing, failing) => {
    expect(json({ field: rules }, { field: passing })).toBe(true)
    expect(json({ field: rules }, { field: failing })).toBe(false)
  })

  it('Exists looks at leaves, and at own fields alone', () => {
    const [exists, lacks] = [{ field: [{ exists: true }] }, { field: [{ exists: false }] }]
    const bodies = [{ field: null }, { field: { inner: 1 } }, {}]

    expect(bodies.map((body) => json(exists, body))).toEqual([true, false, false])
    expect([{ field: 0 }, {}].map((body) => json(lacks, body))).toEqual([false, true])
    expect(json({ toString: [{ exists: true }] }, {})).toBe(false)
  })

  it('And: every field of the pattern has to match, further ones may be there', () => {
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

  it('reaches into nested objects, whether they are there or not', () => {
    expect(json({ a: { b: { c: [1] } } }, { a: { b: { c: 1 } } })).toBe(true)
    expect(json({ a: { b: { c: [1] } } }, { a: { b: 1 } })).toBe(false)
    expect(json({ a: { b: [{ exists: false }] } }, {})).toBe(true)
  })

  it('matches an array when one of its elements matches', () => {
    expect(json({ tags: ['b'] }, { tags: ['a', 'b'] })).toBe(true)
    expect(json({ tags: ['c'] }, { tags: ['a', 'b'] })).toBe(false)
    expect(
      json({ lines: { sku: ['x'], count: [2] } }, { lines: [{ sku: 'x', count: 2 }, { sku: 'y' }] }),
    ).toBe(true)
    expect(json({ lines: { sku: ['x'], count: [2] } }, { lines: [{ sku: 'x' }, { count: 2 }] })).toBe(false)
  })

  it('matches in arrays that are nested as deep as a body may have them', () => {
    const nested = (value: string) => `{"size":${'['.repeat(100_000)}${value}${']'.repeat(100_000)}}`

    expect(json({ size: ['large'] }, nested('"small","large"'))).toBe(true)
    expect(json({ size: ['large'] }, nested('"small"'))).toBe(false)
  })

  it.each([
    ['are in a list of up to ten', (patterns: unknown[]) => patterns],
    ['are written as one with $or', (patterns: unknown[]) => [{ $or: patterns }]],
  ])('ORs patterns that %s: a record that satisfies any of them is sent', (_, written) => {
    const patterns = written([{ data: ['a'] }, { data: { b: [1] } }])

    expect(['a', { b: 1 }, 'c'].map((body) => passes(patterns, body))).toEqual([true, true, false])
  })
})

describe('a wrong pattern', () => {
  it.each([
    [{}, 'must be an array of 1 to 10 patterns'],
    [[], 'must be an array of 1 to 10 patterns'],
    [Array(11).fill({ data: ['a'] }), 'must be an array of 1 to 10 patterns'],
    [['a'], '[0] must be an object with data'],
    [[{ data: ['a'.repeat(4096)] }], '[0] must have at most 4096 characters'],
    [[{ data: [] }], "[0].data must be an object or an array that isn't empty"],
    [[{ data: {} }], '[0].data must not be empty'],
    [[{ data: { a: { $or: [{ b: [1] }] } } }], '[0].data.a.$or must be an array of two or more objects'],
    [[{ data: ['ok', { wildcard: '*x' }] }], '[0].data[1]: {"wildcard":"*x"} is no rule of Lambda'],
    [[{ data: [{ prefix: 'a', suffix: 'b' }] }], '{"prefix":"a","suffix":"b"} is no rule of Lambda'],
    [[{ data: [{ prefix: 1 }] }], '[0].data[0]: {"prefix":1} has a wrong value'],
    [[{ data: [{ exists: 'yes' }] }], '{"exists":"yes"} has a wrong value'],
    [[{ data: [{ numeric: ['>'] }] }], 'has a wrong value'],
    [[{ data: [{ numeric: ['~', 1] }] }], 'has a wrong value'],
    [[{ data: [{ 'anything-but': { prefix: 'a' } }] }], 'has a wrong value'],
  ])('is refused with its place: %j', (patterns, message) => {
    expect(() => compileFilter(patterns)).toThrow(message)
  })
})
