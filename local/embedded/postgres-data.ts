import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lchown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Account } from './postgres-installation.ts'
import { launch } from './postgres-process.ts'

const PASSWORD_FILE = 'stockroom-password'
const DRAFT = 'postgres-new-'

/** The password of PostgreSQL's user `postgres`: random, made with the data and kept in it. */
export function readPassword(data: string): Promise<string> {
  return readFile(join(data, PASSWORD_FILE), 'utf8')
}

/**
 * Creates the data folder `data` unless it is there. It is made under another name and moved into place when complete,
 * so that what a kill left half-finished is never used. Of two shops that do so at once one comes first.
 */
export async function createData(data: string, bin: string, account: Account): Promise<void> {
  if (existsSync(data)) return
  const draft = await mkdtemp(join(dirname(data), DRAFT))
  try {
    await fill(draft, bin, account)
    await rename(join(draft, 'data'), data)
  } catch (error) {
    if (!existsSync(data)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Removes what a kill left half-finished beside `data`. */
export async function removeDrafts(data: string): Promise<void> {
  const home = dirname(data)
  const drafts = (await readdir(home)).filter((name) => name.startsWith(DRAFT))
  for (const name of drafts) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })
}

async function fill(draft: string, bin: string, account: Account): Promise<void> {
  const data = join(draft, 'data')
  const passwordFile = join(draft, 'password')
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  const { uid, gid } = account
  if (uid !== undefined && gid !== undefined) {
    for (const path of [draft, passwordFile]) await lchown(path, uid, gid)
  }
  const { code, lastWords } = await launch(join(bin, 'initdb'), initdbArguments(data, passwordFile), account)
    .ended
  if (code !== 0) throw new Error(`PostgreSQL could not create its data: ${lastWords}`)
  await rename(passwordFile, join(data, PASSWORD_FILE))
}

function initdbArguments(data: string, passwordFile: string): string[] {
  return [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own rules for letters: indexes stay right when the operating system changes its locales.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
}
