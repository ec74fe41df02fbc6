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

  it('reads a string of any length', () => {
    const long = 'a'.repeat(300_000)

    expect(headerValue(headerBytes('schema'))).toBe('schema')
    expect(headerValue({ bytes: Array(long.length).fill(97) })).toBe(long)
  })

  it.each([7, true, null, undefined, 'text'])('leaves %j as it is', (value) => {
    expect(headerValue(value)).toBe(value)
  })

  it('leaves a table as it is', () => {
    expect(headerValue({ a: 1 })).toEqual({ a: 1 })
  })
})
