import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Account } from './postgres-installation.ts'

/** One of PostgreSQL's programs, started. */
export interface PostgresProcess {
  pid: number | undefined
  /** Resolves when it has ended; `lastWords` is the end of what it wrote, in one line. */
  ended: Promise<{ code: number | null; lastWords: string }>
  /** From now on it doesn't keep this process alive, and the file `log` gets what it writes. */
  settle(log: string): void
  /** Ends it; every call resolves when it is gone. */
  stop(): Promise<void>
}

const PATIENCE_MS = 10_000

/**
 * Becomes the program behind it, and leaves a reader of the pipe from this process. The pipe closes however this process
 * ends, by kill -9 too, and PostgreSQL then stops at once: nothing committed is lost, the next start replays the log.
 */
const ENDING_WITH_US = '( (read -r _; kill -QUIT $$) <&3 2>/dev/null &) 3<&0; exec "$@" </dev/null'

/**
 * Runs one of PostgreSQL's programs in a session of its own, out of reach of the terminal's Ctrl-C. It ends with this
 * process.
 */
export function launch(program: string, args: string[], account: Account): PostgresProcess {
  const child = spawn('sh', ['-c', ENDING_WITH_US, 'sh', program, ...args], {
    ...account,
    cwd: '/', // ours may be out of the account's reach
    env: { ...process.env, LC_ALL: 'C' },
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let output = ''
  let file: WriteStream | undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2000)
    file?.write(text)
  })
  const ended = once(child, 'close').then(([code]) => ({ code, lastWords: lastWords(output) }))
  return {
    pid: child.pid,
    ended,
    settle(log) {
      file = createWriteStream(log, { mode: 0o600 }).on('error', () => {}) // a full disk ends the log alone
      for (const handle of [child, child.stdin, child.stderr]) (handle as typeof child).unref()
    },
    async stop() {
      child.kill('SIGINT') // ends the sessions and writes a checkpoint
      const impatience = setTimeout(() => child.kill('SIGQUIT'), PATIENCE_MS)
      await ended
      clearTimeout(impatience)
    },
  }
}

function lastWords(output: string): string {
  const lines = output.trim().split('\n').slice(-6)
  return lines.map((line) => line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '').trim()).join('; ')
}
