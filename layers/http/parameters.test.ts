import { expect, it } from '@jest/globals'
import { idInPath } from './parameters.ts'
import { parameterReader } from './read-parameters.ts'

const readPath = parameterReader('path', { id: idInPath('The id of the mug.', 'order-not-found') })

it.each([1, 42, 9_007_199_254_740_991])('reads the id %d', (id) => {
  expect(readPath({ id: String(id) })).toEqual({ id })
})

it.each([undefined, '', '0', '-1', '01', '1.0', '1e3', '1\n', '١', '9007199254740992', '9'.repeat(20)])(
  'refuses %j with the code of what was not found',
  (id) => {
    expect(() => readPath({ id })).toThrow(
      expect.objectContaining({ name: 'Problem', code: 'order-not-found', status: 404 }),
    )
  },
)
