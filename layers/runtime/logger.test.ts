import { execFileSync } from 'node:child_process'
import { describe, expect, it, jest } from '@jest/globals'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const invocation = {
  requestId: 'r1',
  functionName: 'createOrder',
  traceparent: `00-${traceId}-b7ad6b7169203331-01`,
}

/** The lines of a process with this level. */
async function logged(level: string): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = []
  process.env.LOG_LEVEL = level
  jest.resetModules()
  const terminal = () => ({ write: (line: string) => lines.push(JSON.parse(line)) })
  jest.unstable_mockModule('./log-terminal.ts', () => ({ terminal }))
  const { noteOrder, runInvocation } = await import('./invocation.ts')
  const { log } = await import('./logger.ts')
  runInvocation({ ...invocation }, () => {
    log.info({ queue: 'one' }, 'within')
    noteOrder(7)
    log.info('with an order')
  })
  runInvocation({ requestId: 'r2' }, () => log.debug('without a trace'))
  log.debug('without')
  return lines
}

describe('the log', () => {
  it('is one JSON object a line, which names function, request, trace and order of the invocation', async () => {
    const named = { level: 'info', function: 'createOrder', requestId: 'r1', traceId }
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

    expect(await logged('')).toEqual([
      { time, ...named, queue: 'one', msg: 'within' },
      { time, ...named, orderId: 7, msg: 'with an order' },
    ])
  })

  it('says as much as LOG_LEVEL wants', async () => {
    const lines = await logged('debug')

    expect(lines.slice(2)).toEqual([
      { time: expect.any(String), level: 'debug', requestId: 'r2', msg: 'without a trace' },
      { time: expect.any(String), level: 'debug', msg: 'without' },
    ])
  })

  it('is for people in a terminal', () => {
    const script = `
      import { runInvocation } from '@stockroom/runtime/invocation'
      process.stdout.isTTY = true
      const { log } = await import('@stockroom/runtime/logger')
      runInvocation(${JSON.stringify(invocation)}, () => log.info({ queue: 'one' }, 'within'))`

    const written = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, LOG_LEVEL: '', NO_COLOR: '1' },
      encoding: 'utf8',
    })

    expect(written).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: createOrder: within \{"requestId":"r1","traceId":"0af7651916cd43dd8448eb211c80319c","queue":"one"\}\n$/,
    )
  })
})
