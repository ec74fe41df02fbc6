import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'environment-'))
  await writeFile(join(directory, '.env'), 'ONE=file\nOTHER=file\nEMPTY=file\n')
  await mkdir(join(directory, 'edited'))
  await writeFile(join(directory, 'edited', '.env'), '\uFEFFONE=a$OTHER\n')
  await writeFile(join(directory, 'edited', '.env.dev'), 'EMPTY=dev\n')
  await mkdir(join(directory, 'without'))
  await mkdir(join(directory, 'unreadable', '.env'), { recursive: true })
})

afterAll(() => rm(directory, { recursive: true }))

/** The variables of a process that has called it in a folder. */
async function loadIn(folder: string): Promise<Record<string, string>> {
  const script = `
    import { loadEnvironment } from ${JSON.stringify(new URL('environment-file.ts', import.meta.url).href)}
    loadEnvironment()
    const { ONE, OTHER, EMPTY } = process.env
    process.stdout.write(JSON.stringify({ ONE, OTHER, EMPTY }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: join(directory, folder),
    env: { PATH: process.env.PATH, OTHER: 'environment', EMPTY: '' },
  })
  return JSON.parse(stdout)
}

describe('loadEnvironment', () => {
  it('reads the variables of .env, and leaves those that are set, even empty ones', async () => {
    expect(await loadIn('.')).toEqual({ ONE: 'file', OTHER: 'environment', EMPTY: '' })
  })

  it('takes values as they stand, behind what an editor has put before them', async () => {
    expect(await loadIn('edited')).toEqual({ ONE: 'a$OTHER', OTHER: 'environment', EMPTY: '' })
  })

  it('does without a file', async () => {
    expect(await loadIn('without')).toEqual({ OTHER: 'environment', EMPTY: '' })
  })

  it('does not keep silent about a file that it can not read', async () => {
    await expect(loadIn('unreadable')).rejects.toThrow()
  })
})
