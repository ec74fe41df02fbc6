import { describe, expect, it } from '@jest/globals'
import { errorFields } from './logged-error.ts'

describe('errorFields', () => {
  it('tells kind, words, code and place of an error', () => {
    const error = Object.assign(new TypeError('it failed'), { code: 'EFAIL' })

    expect(errorFields(error)).toEqual({
      type: 'TypeError',
      message: 'it failed',
      code: 'EFAIL',
      stack: expect.stringContaining('logged-error.test.ts'),
    })
  })

  it('leaves out what drivers hang on their errors: values, statements, commands', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (key)=(a customer’s secret) already exists.',
      command: { name: 'set', args: ['product:1', 'a customer’s secret'] },
    })

    expect(JSON.stringify(errorFields(error))).not.toContain('secret')
  })

  it('masks passwords in URLs', () => {
    const error = new Error('can not reach amqp://shop:hunter2@broker:5672/shop nor redis://:hunter3@cache')

    const { message, stack } = errorFields(error) as { message: string; stack: string }

    expect(message).toBe('can not reach amqp://***@broker:5672/shop nor redis://***@cache')
    expect(stack).not.toContain('hunter')
  })

  it('follows causes, three errors deep', () => {
    const chain = ['d', 'c', 'b', 'a'].reduce<Error | undefined>(
      (cause, message) => new Error(message, { cause }),
      undefined,
    )

    expect(errorFields(chain)).toMatchObject({
      message: 'a',
      cause: { message: 'b', cause: { message: 'c' } },
    })
    expect(JSON.stringify(errorFields(chain))).not.toContain('"message":"d"')
  })

  it('leaves what is no error as it is', () => {
    expect(errorFields('down')).toBe('down')
  })
})
