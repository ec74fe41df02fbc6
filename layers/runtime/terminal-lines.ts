import { log } from './logger.ts'

/** More in a second nobody reads. */
const mostASecond = 20
let shown = 0
let omitted = 0

/**
 * Shows a short line to whoever watches a terminal, where LOG_LEVEL lets `info` through: 20 a second, then one that says how
 * many more there were. Elsewhere it writes nothing, and doesn't ask for the line: programs read the log.
 */
export function showLine(line: () => string): void {
  if (!process.stdout.isTTY || !log.isLevelEnabled('info')) return
  if (shown === mostASecond) {
    omitted += 1
    return
  }
  if (shown === 0) setTimeout(beginAgain, 1000).unref()
  shown += 1
  process.stdout.write(`${line()}\n`)
}

function beginAgain(): void {
  if (omitted > 0) process.stdout.write(`… and ${omitted} more\n`)
  shown = 0
  omitted = 0
}
