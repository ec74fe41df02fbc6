import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from '@jest/globals'

it.each(['commands/dead-letters.ts', 'commands/audit/audit.ts'])(
  '%s says nothing and succeeds when its reader has gone, as head goes',
  async (script) => {
    const child = spawn(process.execPath, [script, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()

    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])

    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  },
  60_000,
)
