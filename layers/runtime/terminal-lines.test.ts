import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

const log = { isLevelEnabled: jest.fn(() => true) }
jest.unstable_mockModule('./logger.ts', () => ({ log }))
const { showLine } = await import('./terminal-lines.ts')

const { isTTY } = process.stdout
const shown: string[] = []
const showLines = (count: number) => {
  for (let n = 1; n <= count; n += 1) showLine(() => `line ${n}`)
}

beforeEach(() => {
  shown.length = 0
  jest.useFakeTimers()
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => shown.push(String(line)) > 0)
  process.stdout.isTTY = true
})

afterEach(() => {
  jest.runAllTimers()
  jest.useRealTimers()
  jest.restoreAllMocks()
  process.stdout.isTTY = isTTY
})

describe('the lines for whoever watches a terminal', () => {
  it('are twenty a second, and one that counts the others', () => {
    showLines(1000)
    jest.advanceTimersByTime(1000)
    showLines(1)
    jest.advanceTimersByTime(1000)

    const twenty = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`)
    expect(shown).toEqual([...twenty, '… and 980 more\n', 'line 1\n'])
  })

  it('are left out where nobody watches, and where LOG_LEVEL wants warnings alone', () => {
    log.isLevelEnabled.mockReturnValueOnce(false)
    showLines(1)
    process.stdout.isTTY = false
    showLines(1)

    expect(shown).toEqual([])
  })
})
