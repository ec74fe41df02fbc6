import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lchown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Account } from './postgres-installation.ts'
import { launch } from './postgres-process.ts'

type Place = { bin: string; data: string; log: string; account: Account }

const PASSWORD_FILE = 'stockroom-password'
const DRAFT = 'postgres-new-'

/** The password of PostgreSQL's user `postgres`: random, made with the data and kept in it. */
export function readPassword(data: string): Promise<string> {
  return readFile(join(data, PASSWORD_FILE), 'utf8')
}

/**
 * Creates the data folder `data` unless it is there. It is made under another name and moved into place when complete,
 * so that what a kill left half-finished is never used; the next call removes that.
 */
export async function createData(place: Place): Promise<void> {
  if (existsSync(place.data)) return
  const home = dirname(place.data)
  const leftOver = (await readdir(home)).filter((name) => name.startsWith(DRAFT))
  for (const name of leftOver) await rm(join(home, name), { recursive: true, force: true, maxRetries: 5 })

  const draft = await mkdtemp(join(home, DRAFT))
  try {
    await fill(draft, place)
    await rename(join(draft, 'data'), place.data)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function fill(draft: string, { bin, log, account: { uid, gid } }: Place): Promise<void> {
  const data = join(draft, 'data')
  const passwordFile = join(draft, 'password')
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) {
    for (const path of [draft, passwordFile]) await lchown(path, uid, gid)
  }
  const initdb = await launch(join(bin, 'initdb'), initdbArguments(data, passwordFile), log, { uid, gid })
  while (!initdb.hasEnded()) await pause(10)
  if (!initdb.hasSucceeded()) {
    throw new Error(`PostgreSQL could not create its data: ${await initdb.lastWords()}`)
  }
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
