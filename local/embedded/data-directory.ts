import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { startOf } from './processes.ts'

class DirectoryInUse extends Error {
  readonly pid: number

  constructor(pid: number) {
    super(`in use by process ${pid}`)
    this.pid = pid
  }
}

/**
 * Makes the folder `path` and takes it for this process until `release()`, or until the process ends in any way.
 * Resolves to the folder's absolute path. Throws an Error of one line when another live shop has it or when it can't
 * be written.
 */
export async function claimDataDirectory(path: string): Promise<{ path: string; release(): Promise<void> }> {
  const lock = join(path, 'shop.pid')
  const mine = `${process.pid}\n${await startOf(process.pid)}\n`
  try {
    await makeDirectory(resolve(path))
    await take(lock, mine)
    return { path: await realpath(path), release: releaseOnce(lock, mine) }
  } catch (error) {
    throw new Error(refusal(path, error), { cause: error })
  }
}

/** With `recursive`, Node's own never ends where a folder is refused as if the one above it weren't there: in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path))
    await mkdir(path)
  }
}

function releaseOnce(lock: string, mine: string): () => Promise<void> {
  let held = true
  return async () => {
    if (held && (await read(lock)) === mine) await rm(lock, { force: true })
    held = false
  }
}

function refusal(path: string, error: unknown): string {
  if (error instanceof DirectoryInUse) {
    return `STOCKROOM_DATA_DIR ${path} is in use by another shop (process ${error.pid}); set STOCKROOM_DATA_DIR to a folder of its own.`
  }
  return `STOCKROOM_DATA_DIR ${path} can't be used (${(error as Error).message}); set STOCKROOM_DATA_DIR to a folder that can be written.`
}

/** Makes the file `lock` with the content `mine`, whole from the moment it is there, unless a live process has it. */
async function take(lock: string, mine: string): Promise<void> {
  const draft = `${lock}.${randomUUID()}`
  await writeFile(draft, mine)
  try {
    while (!(await linked(draft, lock))) {
      const holder = await read(lock)
      if (holder !== undefined && (await succeeded(lock, holder, draft, mine))) return
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Replaces a dead holder's lock. Who may do so is settled by a lock of its own, named after the dead holder, taken in
 * the same way. Once it is ours and the dead holder's lock is still in place, nobody else can replace it.
 */
async function succeeded(lock: string, holder: string, draft: string, mine: string): Promise<boolean> {
  const [pid, start] = holder.split('\n')
  if (start && (await startOf(Number(pid))) === start) throw new DirectoryInUse(Number(pid))

  const succession = `${lock}.after-${holder.trim().replace(/\W+/g, '-')}`
  await take(succession, mine)
  try {
    const isStillDeadHolders = (await read(lock)) === holder
    if (isStillDeadHolders) await rename(draft, lock)
    return isStillDeadHolders
  } finally {
    await rm(succession, { force: true })
  }
}

async function linked(draft: string, lock: string): Promise<boolean> {
  try {
    await link(draft, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function read(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
