import { expect, it } from '@jest/globals'
import { compileFilter } from './filter-pattern.ts'

it('looks for values in lists as deep as a body may have them', () => {
  const passes = compileFilter([{ data: { size: ['large'] } }])
  const nested = (value: string, depth: number) =>
    Buffer.from(`{"size":${'['.repeat(depth)}${value}${']'.repeat(depth)}}`)

  expect(passes(nested('"large"', 100_000))).toBe(true)
  expect(passes(nested('"small","large"', 2))).toBe(true)
  expect(passes(nested('"small"', 100_000))).toBe(false)
})
