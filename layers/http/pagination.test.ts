import { describe, expect, it } from '@jest/globals'
import { cutPage, nextPageHeader, pageQuery } from './pagination.ts'
import { parameterReader } from './read-parameters.ts'

const readPage = parameterReader('query', pageQuery)
const cursorBefore = (id: number) =>
  new URL(
    /^<(.+)>; rel="next"$/.exec(nextPageHeader('/things', 20, id).link ?? '')?.[1] ?? '',
    'http://shop',
  ).searchParams.get('cursor') as string

describe('the page that a client asks for', () => {
  it('is the first 20 rows by default', () => {
    expect(readPage({})).toEqual({ limit: 20, cursor: undefined })
  })

  it.each([1, 9_007_199_254_740_991])('begins below %d when the cursor of a Link says so', (id) => {
    expect(readPage({ cursor: cursorBefore(id) })).toEqual({ limit: 20, cursor: id })
  })

  it.each([
    ['empty', ''],
    ['not base64url', '%%%'],
    ['of another kind', Buffer.from('after:7').toString('base64url')],
    ['before zero', Buffer.from('before:0').toString('base64url')],
    ['before something else', Buffer.from('before:7 or 1=1').toString('base64url')],
    ['too long', Buffer.from(`before:${'9'.repeat(17)}`).toString('base64url')],
  ])('may not begin at a cursor that is %s', (_, cursor) => {
    expect(() => readPage({ limit: '101', cursor })).toThrow(
      expect.objectContaining({
        errors: [
          { path: '/limit', message: 'must be an integer from 1 to 100' },
          { path: '/cursor', message: 'is not one that this list has given' },
        ],
      }),
    )
  })
})

describe('the Link header', () => {
  it('leads to the next page of the same size', () => {
    const { link } = nextPageHeader('/things', 5, 7)

    expect(link).toBe(`<${`/things?limit=5&cursor=${cursorBefore(7)}`}>; rel="next"`)
  })

  it('has a cursor that does not show its id, and is absent on the last page', () => {
    expect(cursorBefore(123456)).not.toContain('123456')
    expect(nextPageHeader('/things', 5, undefined)).toEqual({})
  })
})

describe('cutPage', () => {
  const rows = [{ id: 9 }, { id: 5 }, { id: 2 }]

  it('cuts the row that tells of a next page, which begins below the last row shown', () => {
    expect(cutPage(rows, 2)).toEqual({ page: [{ id: 9 }, { id: 5 }], next: 5 })
    expect(cutPage(rows, 3)).toEqual({ page: rows })
  })
})
