import { EventEmitter } from 'node:events'
import { afterEach, expect, it } from '@jest/globals'
import middy from '@middy/core'
import { lambdaContext } from '../../tests/support/lambda-context.ts'
import { thaw } from './thaw.ts'

afterEach(() => {
  delete process.env.AWS_LAMBDA_RUNTIME_API
})

it('lets a function on Lambda hear of the end of a connection before it uses it', async () => {
  process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001'
  const connection = new EventEmitter()
  let isUp = true
  connection.on('end', () => {
    isUp = false
  })
  const handler = middy()
    .use(thaw())
    .handler(async () => isUp)

  setImmediate(() => connection.emit('end'))
  const seen = await handler({}, lambdaContext())

  expect(seen).toBe(false)
})

it('is nothing elsewhere', () => {
  expect(thaw()).toEqual([])
})
