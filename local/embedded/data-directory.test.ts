import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { claimDataDirectory } from './data-directory.ts'

let directory: string
const children = new Set<ReturnType<typeof spawn>>()

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'claim-')), 'data')
})

afterEach(async () => {
  await Promise.all([...children].map((child) => child.kill('SIGKILL') && once(child, 'exit')))
  children.clear()
  await rm(join(directory, '..'), { recursive: true })
})

/** Another process, ready to claim directories: `claim()` resolves to "claimed" or to the reason why not. */
async function otherShop() {
  const script = `
    import { claimDataDirectory } from ${JSON.stringify(new URL('data-directory.ts', import.meta.url).href)}
    console.log('ready')
    process.stdin.on('data', (path) => {
      claimDataDirectory(String(path)).then(() => console.log('claimed'), (error) => console.log(error.message))
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.add(child)
  await once(child.stdout, 'data')
  const claim = async (path = directory) => {
    child.stdin.write(path)
    const [answer] = await once(child.stdout, 'data')
    return String(answer).trim()
  }
  return { child, claim }
}

async function leaveLock(path: string, pid: number, start: string) {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'shop.pid'), `${pid}\n${start}\n`)
}

describe('a claim of a data directory', () => {
  it('makes the directory and leaves nothing but the folder when released', async () => {
    const claim = await claimDataDirectory(directory)
    const whileHeld = await readFile(join(directory, 'shop.pid'), 'utf8')
    await claim.release()

    expect(claim.path).toBe(directory)
    expect(whileHeld).toMatch(new RegExp(`^${process.pid}\n`))
    expect(await readdir(directory)).toEqual([])
  })

  it('refuses a directory that a live shop holds, in one line that says what to do', async () => {
    const { child, claim } = await otherShop()
    await claim()

    const second = claimDataDirectory(directory)

    await expect(second).rejects.toThrow(
      `STOCKROOM_DATA_DIR ${directory} is in use by another shop (process ${child.pid}); ` +
        'set STOCKROOM_DATA_DIR to a folder of its own.',
    )
  })

  it('refuses a second claim by the same process', async () => {
    const claim = await claimDataDirectory(directory)

    await expect(claimDataDirectory(directory)).rejects.toThrow(`process ${process.pid}`)

    await claim.release()
  })

  it('leaves a later claim alone when an earlier one is released twice', async () => {
    const first = await claimDataDirectory(directory)
    await first.release()
    await claimDataDirectory(directory)

    await first.release()

    await expect(claimDataDirectory(directory)).rejects.toThrow('in use')
  })

  it('takes over from a shop that was killed', async () => {
    const { child, claim } = await otherShop()
    await claim()
    child.kill('SIGKILL')
    await once(child, 'exit')

    const taken = await claimDataDirectory(directory)

    expect(taken.path).toBe(directory)
    expect(await readdir(directory)).toEqual(['shop.pid'])
  })

  it('takes over from a dead shop whose pid another process has by now', async () => {
    await leaveLock(directory, process.ppid, 'another start')

    await expect(claimDataDirectory(directory)).resolves.toHaveProperty('path', directory)
  })

  it('takes over a lock that says nothing', async () => {
    await leaveLock(directory, Number.NaN, '')

    await expect(claimDataDirectory(directory)).resolves.toHaveProperty('path', directory)
  })

  it('goes to one of several shops that race for a dead shop’s place', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid
    const shops = await Promise.all(Array.from({ length: 4 }, otherShop))

    for (const round of Array(50).keys()) {
      const contested = join(directory, String(round))
      await leaveLock(contested, dead, '1')
      const answers = await Promise.all(shops.map(({ claim }) => claim(contested)))

      expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1)
      expect(answers.filter((answer) => answer.includes('is in use by another shop'))).toHaveLength(3)
    }
  })

  it('says in one line that a path can’t be used', async () => {
    await leaveLock(directory, 1, '1')

    const belowAFile = claimDataDirectory(join(directory, 'shop.pid', 'data'))

    await expect(belowAFile).rejects.toThrow(
      /^STOCKROOM_DATA_DIR .* can't be used \(ENOTDIR.*to a folder that can be written\.$/,
    )
  })
})
