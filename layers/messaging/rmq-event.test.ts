import { describe, expect, it } from '@jest/globals'
import { headerBytes } from '../../tests/support/rmq-event.ts'
import { headerValue, queueOf } from './rmq-event.ts'

it('queueOf reads the queue before the virtual host', () => {
  expect(['stock::/', 'stock::shop', 'odd::name::/'].map(queueOf)).toEqual(['stock', 'stock', 'odd::name'])
})

describe('headerValue', () => {
  it.each([
    ['signed bytes', headerBytes('grün'), 'grün'],
    ['unsigned bytes', { bytes: [...Buffer.from('grün')] }, 'grün'],
    ['as many as RabbitMQ has for headers', { bytes: Array(128 * 1024).fill(97) }, 'a'.repeat(128 * 1024)],
  ])('reads a text from %s', (_, header, text) => {
    expect(headerValue(header)).toBe(text)
  })

  it.each([
    [7],
    [{ bytes: null }],
    [{ bytes: { length: 30_000_000 } }],
    [{ bytes: { length: 3, 0: 97 } }],
    [{ bytes: [97, '98'] }],
    [{ bytes: [0.5] }],
    [{ bytes: [-129] }],
    [{ bytes: [256] }],
    [{ bytes: [97], more: 1 }],
    [Object.create({ bytes: [97] })],
    [{ bytes: Array(128 * 1024 + 1).fill(97) }],
  ])('leaves what is none as it is, whatever it looks like: %#', (value) => {
    expect(headerValue(value)).toBe(value)
  })
})
