import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'after-restore-'))
  await chmod(directory, 0o755) // mkdtemp's 0700 would keep the server's account out when root runs this
})

afterAll(() => rm(directory, { recursive: true }))

/** Runs the command as the npm script does, with nothing of this process's environment but what every program needs. */
async function afterRestore(environment: Record<string, string> = {}) {
  const { PATH, SystemRoot } = process.env
  const child = spawn(process.execPath, ['commands/after-restore.ts'], {
    env: { PATH, SystemRoot, STOCKROOM_DATA_DIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, output, errors }
}

describe('npm run after-restore', () => {
  it('leaves out ids of the embedded database, whose broker ended with its shop, and leaves no server behind', async () => {
    const result = await afterRestore()

    expect(result).toEqual({
      code: 0,
      output: 'products: new ones get ids above 1000000001\norders: new ones get ids above 1000000001\n',
      errors: '',
    })
    expect(await readdir(join(directory, 'postgres'))).not.toContain('postmaster.pid')
  }, 60_000)

  it('says in one line what is wrong, and exits with 1', async () => {
    const { code, output } = await afterRestore({ RABBITMQ_URL: 'http://localhost' })

    expect(output).toMatch(/^RABBITMQ_URL must be a URL that begins with amqp:\/\/\.\n$/)
    expect(code).toBe(1)
  }, 60_000)
})
