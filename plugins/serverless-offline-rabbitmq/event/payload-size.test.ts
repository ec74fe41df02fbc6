import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { jsonSize } from './payload-size.ts'

describe('jsonSize', () => {
  it('is the length of the JSON, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonSize(value)).toBe(Buffer.byteLength(JSON.stringify(value)))
      }),
      // A failure prints the seed of its run.
      process.env.CI === 'true' ? { seed: 20_261_121 } : {},
    )
  })

  it.each([0, -0, 9, 10, 99, 100, 999, 1000, -1, -10, -999, 10.5, 1e21])(
    'counts the digits of %d',
    (value) => {
      expect(jsonSize(value)).toBe(JSON.stringify(value).length)
    },
  )

  it.each([[''], ['"quoted"'], ['back\\slash'], ['ü'], ['\u0000'], ['\ud800'], ['a~ !#[]']])(
    'counts what JSON makes of the text %j',
    (text) => {
      expect(jsonSize(text)).toBe(Buffer.byteLength(JSON.stringify(text)))
    },
  )
})
