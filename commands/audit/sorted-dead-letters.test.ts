import { beforeEach, describe, expect, it, jest } from '@jest/globals'

const query = jest.fn<(domain: string, sql: string, bindings: [number[]]) => Promise<object[]>>()
jest.unstable_mockModule('@stockroom/database/query', () => ({ query }))
const { sortDeadLetters } = await import('./sorted-dead-letters.ts')

const placed = { productId: 7, quantity: 2, createdAt: '2026-11-21T10:00:00.000Z' }
const orders = new Map([
  [1, { id: 1, isOpen: false, ...placed }],
  [3, { id: 3, isOpen: true, ...placed }],
])
const letter = (body: string) => ({ queue: 'stock-reduction', messageId: 'm', reason: 'why', body })
const about = (orderId: unknown, rest: object = {}) => letter(JSON.stringify({ orderId, ...rest }))

beforeEach(() => {
  query
    .mockReset()
    .mockImplementation(async (_domain, _sql, [ids]) => ids.flatMap((id) => orders.get(id) ?? []))
})

// Those that somebody reads on RabbitMQ: tests/integration/rabbitmq/audit.test.ts.
describe('sortDeadLetters', () => {
  it.each([...['', 'null', '[]', '"1"', '{}', '{"orderId":"1"}', '{"orderId":1.5}', '{"orderId":1e300}']])(
    'leaves a letter to a person when no order is known for it: %s',
    async (body) => {
      const sorted = await sortDeadLetters([letter(body)])

      expect(sorted).toEqual({ harmless: 0, pending: 0, forAPerson: ['stock-reduction  m  why'] })
    },
  )

  it.each([
    ['productId', 8],
    ['quantity', 3],
    ['timestamp', '2026-11-21T09:59:59.999Z'],
  ])(
    'leaves a letter to a person that is about an older order of the id: another %s',
    async (member, value) => {
      const sorted = await sortDeadLetters([
        about(1, { ...placed, [member]: value }),
        about(3, { [member]: value }),
      ])

      expect(sorted).toEqual({ harmless: 0, pending: 0, forAPerson: Array(2).fill(expect.any(String)) })
    },
  )

  it('takes what is no product, quantity or time for nothing', async () => {
    const sorted = await sortDeadLetters([
      about(1, { productId: '8', quantity: null, timestamp: 'soon' }),
      about(1, { productId: 7, quantity: 2, timestamp: { toString: 1 } }),
      about(1, { ...placed, timestamp: '2026-11-21T10:00:09.000Z' }),
    ])

    expect(sorted).toEqual({ harmless: 3, pending: 0, forAPerson: [] })
  })

  it('names a letter in one line, whatever stands in it', async () => {
    const { forAPerson } = await sortDeadLetters([{ ...letter(''), messageId: 'a\nb', reason: '\u001b[2J' }])

    expect(forAPerson).toEqual(['stock-reduction  a\\nb  \\u{1b}[2J'])
  })
})
