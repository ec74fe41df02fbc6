import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { traceparentOf } from '../../tests/support/rmq-event.ts'

const lines: unknown[] = []
let isVerbose = true
const log = {
  isLevelEnabled: () => isVerbose,
  debug: (...line: unknown[]) => lines.push(['debug', ...line]),
  warn: (...line: unknown[]) => lines.push(['warn', ...line]),
}
jest.unstable_mockModule('@stockroom/runtime/logger', () => ({ log }))
const { logHandled, logReturned } = await import('./batch-log.ts')

const queue = 'stock-reduction'
const message = (orderId: number) => ({
  name: 'order.created',
  body: { orderId, productId: 7, quantity: 2 },
  messageId: `m${orderId}`,
  correlationId: `r${orderId}`,
  traceparent: traceparentOf(orderId),
})
const identity = (orderId: number) => ({
  orderId,
  requestId: `r${orderId}`,
  traceId: String(orderId).padStart(32, '0'),
  messageId: `m${orderId}`,
})

beforeEach(() => {
  lines.length = 0
  isVerbose = true
})

describe('the log of a batch', () => {
  it('names order, request and trace of each message that was handled, and nothing else of its body', () => {
    logHandled({ queue, messages: [message(1), message(2)] })

    expect(lines).toEqual([
      ['debug', { queue, ...identity(1) }, 'order.created handled'],
      ['debug', { queue, ...identity(2) }, 'order.created handled'],
    ])
  })

  it('names a message by an id that does nothing to a terminal', () => {
    logHandled({ queue, messages: [{ ...message(1), messageId: '\u009b2J\n' }] })

    expect(lines).toMatchObject([['debug', { messageId: '\\u{9b}2J\\n' }, 'order.created handled']])
  })

  it('builds no lines that nobody wants', () => {
    isVerbose = false

    logHandled({ queue, messages: [message(1)] })

    expect(lines).toEqual([])
  })

  it('says in one line which orders wait for a batch that comes again, twenty at most', () => {
    const error = new Error('away')
    const messages = Array.from({ length: 25 }, (_, index) => message(index + 1))

    logReturned({ queue, messages }, error)

    const batch = Array.from({ length: 20 }, (_, index) => identity(index + 1))
    expect(lines).toEqual([['warn', { err: error, queue, messages: 25, batch }, 'the batch comes again']])
  })
})
