import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const script = `
  import { noteOrder, runInvocation } from '@stockroom/runtime/invocation'
  if (process.env.TERMINAL) process.stdout.isTTY = true
  const { log } = await import('@stockroom/runtime/logger')
  const traceparent = '00-${traceId}-b7ad6b7169203331-01'
  runInvocation({ requestId: 'r1', functionName: 'createOrder', traceparent }, () => {
    log.info({ queue: 'one' }, 'within')
    noteOrder(7)
    log.info('with an order')
  })
  log.debug('without')
`
const written = (environment: Record<string, string>) =>
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, LOG_LEVEL: '', NO_COLOR: '1', ...environment },
    encoding: 'utf8',
  })
const logged = (environment: Record<string, string>) =>
  written(environment)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('the log', () => {
  it('is one JSON object a line, which names function, request, trace and order of the invocation', () => {
    const named = { level: 'info', function: 'createOrder', requestId: 'r1', traceId }
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

    expect(logged({})).toEqual([
      { time, ...named, queue: 'one', msg: 'within' },
      { time, ...named, orderId: 7, msg: 'with an order' },
    ])
  })

  it('says as much as LOG_LEVEL wants', () => {
    expect(logged({ LOG_LEVEL: 'debug' }).map(({ level, msg }) => [level, msg])).toEqual([
      ['info', 'within'],
      ['info', 'with an order'],
      ['debug', 'without'],
    ])
  })

  it('is for people in a terminal', () => {
    expect(written({ TERMINAL: 'yes' }).split('\n')).toEqual([
      expect.stringMatching(
        /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: createOrder: within \{"requestId":"r1","traceId":"0af7651916cd43dd8448eb211c80319c","queue":"one"\}$/,
      ),
      expect.stringMatching(/ INFO: createOrder: with an order \{.*"orderId":7\}$/),
      '',
    ])
  })
})
