import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const query = jest.fn<(domain: string, sql: string, bindings: [number[]]) => Promise<object[]>>()
jest.unstable_mockModule('@stockroom/database/query', () => ({ query }))
const { sortDeadLetters } = await import('./dead-letter-book.ts')

const statuses = new Map([
  [1, 'confirmed'],
  [2, 'rejected'],
  [3, 'pending'],
])
const letter = (body: string) => ({ queue: 'stock-reduction', messageId: 'm', reason: 'why', body })
const about = (orderId: unknown) => letter(JSON.stringify({ orderId }))

beforeEach(() => {
  query
    .mockReset()
    .mockImplementation(async (_domain, _sql, [ids]) =>
      ids.flatMap((id) => (statuses.has(id) ? { id, status: statuses.get(id) } : [])),
    )
})

describe('sortDeadLetters', () => {
  it('tells letters of settled orders from those of pending ones', async () => {
    const book = await sortDeadLetters([about(1), about(2), about(2), about(3)])

    expect(book).toEqual({ harmless: 3, pending: 1, forAPerson: [] })
  })

  it.each([
    'not JSON',
    '',
    'null',
    '[]',
    '"1"',
    '7',
    '{}',
    '{"orderId":"1"}',
    '{"orderId":1.5}',
    '{"orderId":99}',
    '{"orderId":1e300}',
    '{"orderId":-1}',
  ])('leaves a letter to a person when no order is known for it: %s', async (body) => {
    const book = await sortDeadLetters([letter(body)])

    expect(book).toEqual({ harmless: 0, pending: 0, forAPerson: ['stock-reduction  m  why'] })
  })

  it('names a letter in one line, whatever stands in it', async () => {
    const { forAPerson } = await sortDeadLetters([{ ...letter(''), messageId: 'a\nb', reason: '\u001b[2J' }])

    expect(forAPerson).toEqual(['stock-reduction  a\\nb  \\u{1b}[2J'])
  })

  it('says that there is nothing', async () => {
    expect(await sortDeadLetters([])).toEqual({ harmless: 0, pending: 0, forAPerson: [] })
  })
})
