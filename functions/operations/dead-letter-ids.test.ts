import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { seed } from '../../tests/support/seed.ts'
import { choose, shortIds } from './dead-letter-ids.ts'

const lettersOf = (...ids: string[]) => ids.map((messageId) => ({ messageId }))
const shortened = (...ids: string[]) => lettersOf(...ids).map(shortIds(lettersOf(...ids)))
const chosenOf = (letters: { messageId: string }[], ...names: string[]) => {
  const { chosen, problems } = choose(letters, new Set(names))
  return { chosen: chosen.map(({ messageId }) => messageId), problems }
}

describe('a short id', () => {
  it('is the first eight characters, or as many as no other id begins with', () => {
    expect(shortened('0d3f6c1e-5b7a', 'a1b2c3d4-5b7a', 'a1b2c3d4-5c00', 'a1b2')).toEqual([
      '0d3f6c1e',
      'a1b2c3d4-5b',
      'a1b2c3d4-5c',
      'a1b2',
    ])
  })

  it('is the whole id where it is somebody else’s text', () => {
    expect(shortened('a\u001b[2J and more', 'an id in words')).toEqual([
      'a\\u{1b}[2J and more',
      'an id in words',
    ])
  })

  it('names the letters of its id and no others, whatever the ids are', () => {
    const ids = fc.array(
      fc.oneof(fc.stringMatching(/^[ab]{1,16}$/), fc.uuid(), fc.string({ unit: 'binary', minLength: 1 })),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(ids, (ids) => {
        const letters = lettersOf(...ids)
        const short = shortIds(letters)
        for (const letter of letters) {
          const { chosen, problems } = choose(letters, new Set([short(letter)]))
          expect(problems).toEqual([])
          expect(chosen).toEqual(letters.filter((other) => short(other) === short(letter)))
        }
      }),
      { seed },
    )
  })
})

describe('a letter', () => {
  const letters = lettersOf('abcdef-1', 'abcdef-2', 'xyz-long-1', 'abcdef-1', 'wxyz', 'wxyz2')

  it.each<[string, string[]]>([
    ['abcdef-1', ['abcdef-1', 'abcdef-1']],
    ['xyz-', ['xyz-long-1']],
    ['wxyz', ['wxyz']], // an id before the beginning of another one
  ])('is named by %s', (name, ids) => {
    expect(chosenOf(letters, name)).toEqual({ chosen: ids, problems: [] })
  })

  it('is not chosen by a beginning that another id has, too', () => {
    expect(chosenOf(letters, 'abcdef')).toEqual({
      chosen: [],
      problems: ['2 ids begin with abcdef: say more of the one that is meant.'],
    })
  })

  it.each(['', 'xyz', 'xyz-long-12'])('is not named by %j', (name) => {
    expect(chosenOf(letters, name)).toEqual({ chosen: [], problems: [`There is no dead letter ${name}.`] })
  })
})
