import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'

const script = `
  import { showLine } from '@stockroom/runtime/terminal-lines'
  if (process.env.TERMINAL) process.stdout.isTTY = true
  for (let n = 1; n <= 1000; n += 1) showLine(() => 'line ' + n)
  setTimeout(() => showLine(() => 'later'), 1500)
`
const shown = (environment: Record<string, string>) =>
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, LOG_LEVEL: '', NO_COLOR: '1', TERMINAL: '', ...environment },
    encoding: 'utf8',
  })

describe('the lines for whoever watches a terminal', () => {
  it('are twenty a second, and one that counts the others', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`)

    expect(shown({ TERMINAL: 'yes' }).split('\n')).toEqual([...twenty, '… and 980 more', 'later', ''])
  })

  it('are left out where nobody watches', () => {
    expect(shown({})).toBe('')
  })

  it('are left out where LOG_LEVEL wants warnings alone', () => {
    expect(shown({ TERMINAL: 'yes', LOG_LEVEL: 'warn' })).toBe('')
  })
})
