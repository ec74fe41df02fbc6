import { describe, expect, it } from '@jest/globals'
import { acceptedTraceparent, newTraceparent, traceIdOf } from './trace-context.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'

describe('acceptedTraceparent', () => {
  it.each([
    ['00', '00'],
    ['03', '03'],
    ['fd', '01'],
  ])('takes a traceparent over as it is, of the flags %s those that it knows: %s', (flags, known) => {
    expect(acceptedTraceparent(`00-${trace}-${parent}-${flags}`)).toBe(`00-${trace}-${parent}-${known}`)
  })

  it.each([`01-${trace}-${parent}-01`, `cc-${trace}-${parent}-01-what-the-future-brings`])(
    'reads a later version as version 00: %s',
    (given) => {
      expect(acceptedTraceparent(given)).toBe(`00-${trace}-${parent}-01`)
    },
  )

  it.each([
    ['nothing', undefined],
    ['upper case', `00-${trace.toUpperCase()}-${parent}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${parent}-01`],
    ['a parent id of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['the version ff', `ff-${trace}-${parent}-01`],
    ['more behind version 00', `00-${trace}-${parent}-01-more`],
    ['no dash before more', `01-${trace}-${parent}-01more`],
    ['spaces around', ` 00-${trace}-${parent}-01`],
    ['a line break', `00-${trace}-${parent}-01\n`],
  ])('refuses %s', (_, given) => {
    expect(acceptedTraceparent(given)).toBeUndefined()
  })
})

it('newTraceparent begins a trace of its own that is not sampled, each time another one', () => {
  const made = Array.from({ length: 1000 }, newTraceparent)

  expect(made.map(acceptedTraceparent)).toEqual(made)
  expect(made[0]).toMatch(/-00$/)
  expect(new Set(made.map(traceIdOf)).size).toBe(1000)
  expect(new Set(made.map((traceparent) => traceparent.slice(36, 52))).size).toBe(1000)
})

it('traceIdOf names the trace', () => {
  expect(traceIdOf(`00-${trace}-${parent}-01`)).toBe(trace)
})
