import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { traceparentOf } from '../../tests/support/rmq-event.ts'

const lines: unknown[] = []
const log = {
  isLevelEnabled: () => true,
  debug: (...line: unknown[]) => lines.push(['debug', ...line]),
  warn: (...line: unknown[]) => lines.push(['warn', ...line]),
}
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log }))
const { logHandled, logReturned } = await import('./batch-log.ts')

const queue = 'stock-reduction'
const message = (orderId: number) => ({
  name: 'order.created',
  body: { orderId, productId: 7, quantity: 2 },
  messageId: `m${orderId}\n`,
  correlationId: `r${orderId}`,
  traceparent: traceparentOf(orderId),
})
const identity = (orderId: number) => ({
  orderId,
  requestId: `r${orderId}`,
  traceId: String(orderId).padStart(32, '0'),
  messageId: `m${orderId}\\n`,
})

beforeEach(() => {
  lines.length = 0
})

describe('the log of a batch', () => {
  it('names each message that was handled by ids that do nothing to a terminal, and nothing of its body', () => {
    logHandled({ queue, messages: [message(1)] })

    expect(lines).toEqual([['debug', { queue, ...identity(1) }, 'order.created handled']])
  })

  it('says in one line which orders wait for a batch that comes again, twenty at most', () => {
    const error = new Error('away')
    const numbers = Array.from({ length: 25 }, (_, index) => index + 1)

    logReturned({ queue, messages: numbers.map(message) }, error)

    const batch = numbers.slice(0, 20).map(identity)
    expect(lines).toEqual([['warn', { err: error, queue, messages: 25, batch }, 'the batch comes again']])
  })
})
