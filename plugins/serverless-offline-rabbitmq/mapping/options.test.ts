import { describe, expect, it } from '@jest/globals'
import { readOptions, retryPauses } from './options.ts'

const environment = { RABBITMQ_URL: 'amqp://from-environment' }

const read = (options?: object, commandLine: Record<string, unknown> = {}, env: NodeJS.ProcessEnv = {}) =>
  readOptions(
    { service: { custom: options && { 'serverless-offline-rabbitmq': options } } as never },
    commandLine,
    env,
  )

describe('readOptions', () => {
  it('has a default for everything', () => {
    expect(read()).toEqual({
      enabled: true,
      url: 'amqp://localhost:5672',
      brokers: {},
      references: {},
      credentials: {},
      concurrency: 1,
      retryPauseMs: 1000,
      startUpWaitMs: 10_000,
      declareQueues: false,
    })
  })

  it('takes the URL of the command line first, then the one of serverless.yml, then the one of the environment', () => {
    const url = 'amqp://configured'

    expect(read({ url }, { rabbitmqUrl: 'amqp://commanded' }, environment).url).toBe('amqp://commanded')
    expect(read({ url }, {}, environment).url).toBe(url)
    for (const none of [undefined, null, ''])
      expect(read({ url: none }, {}, environment).url).toBe('amqp://from-environment')
  })

  it('reads the flags of the command line, and adds its brokers to those of serverless.yml', () => {
    const options = read(
      { brokers: { Named: 'amqp://a', Other: 'amqp://c' } },
      {
        rabbitmq: false,
        rabbitmqBroker: ['arn:aws:mq:a=amqp://a/?heartbeat=5', 'Named=amqp://b'],
        rabbitmqReference: ['Named=arn:aws:mq:b'],
        rabbitmqConcurrency: '4',
        rabbitmqRetryPauseMs: '0',
        rabbitmqStartUpWaitMs: '500',
        rabbitmqDeclareQueues: true,
      },
    )

    expect(options).toMatchObject({
      enabled: false,
      brokers: { 'arn:aws:mq:a': 'amqp://a/?heartbeat=5', Named: 'amqp://b', Other: 'amqp://c' },
      references: { Named: 'arn:aws:mq:b' },
      concurrency: 4,
      retryPauseMs: 0,
      startUpWaitMs: 500,
      declareQueues: true,
    })
  })

  it.each<[object, string]>([
    [
      { retryPause: 5 },
      'retryPause is unknown; the options are enabled, url, brokers, references, credentials, concurrency, ' +
        'batchingWindowMs, retryPauseMs, startUpWaitMs, declareQueues, client',
    ],
    [{ toString: 5 }, 'toString is unknown'],
    [{ enabled: 'false' }, 'enabled must be true or false, not "false"'],
    [{ concurrency: 0 }, 'concurrency must be an integer from 1 to 100, not 0'],
    [{ batchingWindowMs: 2.5 }, 'batchingWindowMs must be an integer from 0 to 300000, not 2.5'],
    [{ retryPauseMs: '5' }, 'retryPauseMs must be an integer from 0 to 900000, not "5"'],
    [{ startUpWaitMs: -1 }, 'startUpWaitMs must be an integer from 0 to 900000, not -1'],
    [
      { declareQueues: ['stock'] },
      'declareQueues must be true, false or an object of queues with their arguments',
    ],
    [{ references: { Name: 1 } }, 'references must be an object of names with their values, not {"Name":1}'],
    [{ client: 'amqplib' }, "client must be an object with amqplib's connect"],
  ])('refuses %j by name', (options, message) => {
    expect(() => read(options)).toThrow(`custom.serverless-offline-rabbitmq.${message}`)
  })

  it.each<[object]>([
    [{ url: 'http://user:secret@host' }],
    [{ url: 'secret' }],
    [{ brokers: { arn: 'secret' } }],
    [{ credentials: { arn: { username: 'shop', password: 'secret', host: 'x' } } }],
    [{ credentials: { arn: { username: 'secret' } } }],
  ])('does not repeat what may be a secret: %j', (options) => {
    expect(() => read(options)).toThrow(/^custom\.serverless-offline-rabbitmq\.\w+ must be ((?!secret).)*$/)
  })

  it('names the flag, the variable or the section that is wrong', () => {
    expect(() => read({}, { rabbitmqConcurrency: 'many' })).toThrow(
      '--rabbitmqConcurrency must be an integer from 1 to 100, not "many"',
    )
    expect(() => read('amqp://localhost' as never)).toThrow(
      'custom.serverless-offline-rabbitmq must be an object',
    )
    expect(() => read({}, {}, { RABBITMQ_URL: 'localhost' })).toThrow(
      'RABBITMQ_URL must be a URL such as amqp://',
    )
  })
})

describe('retryPauses', () => {
  it.each([
    ['are a second that doubles to a minute, as long as nobody asks for others', 1000, 60_000],
    ['begin with retryPauseMs', 5, 300],
  ])('%s', (_, retryPauseMs, longestMs) => {
    expect(retryPauses({ ...read(), retryPauseMs })).toEqual({ firstMs: retryPauseMs, longestMs })
  })
})
