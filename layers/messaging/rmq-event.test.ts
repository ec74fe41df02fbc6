import { describe, expect, it } from '@jest/globals'
import { headerBytes } from '../../tests/support/rmq-event.ts'
import { headerValue, queueOf } from './rmq-event.ts'

describe('queueOf', () => {
  it.each([
    ['stock-reduction::/', 'stock-reduction'],
    ['stock-reduction::shop', 'stock-reduction'],
    ['odd::name::/', 'odd::name'],
  ])('reads %s as the queue %s', (key, queue) => {
    expect(queueOf(key)).toBe(queue)
  })
})

describe('headerValue', () => {
  it('reads a string from its signed bytes', () => {
    expect(headerBytes('grün').bytes.some((byte) => byte < 0)).toBe(true)
    expect(headerValue(headerBytes('grün'))).toBe('grün')
  })

  it('reads a string from unsigned bytes', () => {
    expect(headerValue({ bytes: [...Buffer.from('grün')] })).toBe('grün')
  })

  it('reads a string of any length that RabbitMQ has for headers', () => {
    const long = 'a'.repeat(128 * 1024)

    expect(headerValue(headerBytes('schema'))).toBe('schema')
    expect(headerValue({ bytes: Array(long.length).fill(97) })).toBe(long)
  })

  it.each([7, true, null, undefined, 'text'])('leaves %j as it is', (value) => {
    expect(headerValue(value)).toBe(value)
  })

  it.each([
    {},
    { a: 1 },
    { bytes: null },
    { bytes: 'abc' },
    { bytes: { length: 30_000_000 } },
    { bytes: { length: 3, 0: 97 } },
    { bytes: [97, '98'] },
    { bytes: [97, null] },
    { bytes: [97, [98]] },
    { bytes: [0.5] },
    { bytes: [Number.NaN] },
    { bytes: [-129] },
    { bytes: [256] },
    { bytes: [97], more: 1 },
    Object.create({ bytes: [97] }),
    ['bytes'],
  ])('leaves a table as it is, whatever it looks like: %j', (table) => {
    expect(headerValue(table)).toBe(table)
  })

  it('does not read a string that is longer than any header', () => {
    const table = { bytes: Array(128 * 1024 + 1).fill(97) }

    expect(headerValue(table)).toBe(table)
  })
})
