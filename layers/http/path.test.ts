import { describe, expect, it } from '@jest/globals'
import { pathId } from './path.ts'

describe('pathId', () => {
  it.each([1, 42, 9_007_199_254_740_991])('reads the id %d', (id) => {
    expect(pathId(String(id), 'product-not-found')).toBe(id)
  })

  it.each([
    undefined,
    '',
    '0',
    '-1',
    '+1',
    '01',
    '1.0',
    '1e3',
    '0x1',
    ' 1',
    '1\n',
    '١',
    'one',
    '9007199254740992',
    '99999999999999999999',
  ])('refuses %j with the code of what was not found', (text) => {
    expect(() => pathId(text, 'order-not-found')).toThrow(
      expect.objectContaining({ name: 'Problem', code: 'order-not-found', status: 404 }),
    )
  })
})
