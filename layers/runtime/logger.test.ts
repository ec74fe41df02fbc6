import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'

const logged = (environment: Record<string, string>) => {
  const script = `
    import { runInvocation } from '@stockroom/runtime/invocation'
    import { log } from '@stockroom/runtime/logger'
    runInvocation({ requestId: 'r1' }, () => log.info({ queue: 'one' }, 'within'))
    log.debug('without')
  `
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, LOG_LEVEL: '', ...environment },
    encoding: 'utf8',
  })
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('the log', () => {
  it('is one JSON object a line, with the request id of the invocation', () => {
    expect(logged({})).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        requestId: 'r1',
        queue: 'one',
        msg: 'within',
      },
    ])
  })

  it('says as much as LOG_LEVEL wants', () => {
    expect(logged({ LOG_LEVEL: 'debug' }).map(({ level, msg }) => [level, msg])).toEqual([
      ['info', 'within'],
      ['debug', 'without'],
    ])
  })
})
