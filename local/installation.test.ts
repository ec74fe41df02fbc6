import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
const script = fileURLToPath(new URL('installation.mjs', import.meta.url))
let empty: string

beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'installation-'))
})

afterAll(() => rmdir(empty))

describe('the look at the installed packages', () => {
  it('names the cure in one line and ends with 1 when some were left out', async () => {
    const refusal = await run(process.execPath, [script], { cwd: empty }).catch((error) => error)

    expect(refusal).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^[^\n]*npm ci --include=dev --include=optional\n$/),
    })
  })

  it('says nothing when they are here', async () => {
    expect(await run(process.execPath, [script])).toEqual({ stdout: '', stderr: '' })
  })
})
