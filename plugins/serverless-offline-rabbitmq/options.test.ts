import { describe, expect, it } from '@jest/globals'
import { readOptions, retryPauses } from './options.ts'

const serverlessWith = (options?: object) =>
  ({ service: { custom: options && { 'serverless-offline-rabbitmq': options } } }) as never

const environment = { RABBITMQ_URL: 'amqp://from-environment' }

describe('readOptions', () => {
  it('takes the URL of serverless.yml first, then the one of the environment', () => {
    expect(readOptions(serverlessWith({ url: 'amqp://configured' }), environment).url).toBe(
      'amqp://configured',
    )
    expect(readOptions(serverlessWith(), environment).url).toBe('amqp://from-environment')
  })

  it('falls back to the local broker', () => {
    expect(readOptions(serverlessWith(), {}).url).toBe('amqp://localhost:5672')
  })

  it('takes the client that another plugin set', () => {
    const client = { connect: () => Promise.reject(new Error('unused')) }

    expect(readOptions(serverlessWith({ client }), {}).client).toBe(client)
  })
})

describe('retryPauses', () => {
  it('are a second that doubles to a minute, as long as nobody asks for others', () => {
    expect(retryPauses({ url: 'amqp://broker' })).toEqual({ firstMs: 1000, longestMs: 60_000 })
  })

  it('begin with retryPauseMs', () => {
    expect(retryPauses({ url: 'amqp://broker', retryPauseMs: 5 })).toEqual({ firstMs: 5, longestMs: 300 })
  })
})
