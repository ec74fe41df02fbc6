import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { eventually } from '../../bench/processes/eventually.ts'
import { processesOf } from '../../tests/support/process-list.ts'
import { requireServices } from '../settings/reachability.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const itAsRoot = process.getuid?.() === 0 ? it : it.skip

let directory: string
const running = new Set<{ stop(): Promise<void> }>()
const children = new Set<ChildProcess>()

beforeAll(async () => {
  directory = await makeDirectory()
  await mkdir(join(directory, 'postgres-new-killed', 'data'), { recursive: true })
})

afterEach(async () => {
  await Promise.all([...running].map((server) => server.stop()))
  for (const child of children) child.kill('SIGKILL')
  await eventually(async () => (await serversOf(directory)).length === 0)
  running.clear()
  children.clear()
})

afterAll(() => rm(directory, { recursive: true }))

async function makeDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'embedded-postgres-'))
  await chmod(path, 0o755) // mkdtemp's 0700 would keep the server's account out when root runs this
  return path
}

async function start(path = directory) {
  const server = await startEmbeddedPostgres(path)
  running.add(server)
  return server
}

async function query(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const serversOf = (path: string) => processesOf(-1, `postgres -D ${path}`)

/**
 * A process, leader of a group of its own as a shop in a terminal is, that starts the server and doesn't end at Ctrl-C;
 * `says` is the server's URL, or why it isn't there.
 */
async function shop(path = directory) {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('embedded-postgres.ts', import.meta.url).href)}
    const started = startEmbeddedPostgres(${JSON.stringify(path)})
    const said = await started.then(({ url }) => url, ({ message }) => message)
    process.on('SIGINT', () => {})
    setInterval(() => {}, 1000)
    process.stdout.write(said)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  children.add(child)
  const [text] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return { child, says: String(text) }
}

describe('the embedded PostgreSQL', () => {
  it('starts where a first start was killed, and answers in a database of the shop', async () => {
    const { url, dataDirectory } = await start()

    expect(url).toMatch(/^postgres:\/\/postgres:[0-9a-f]{48}@127\.0\.0\.1:\d+\/stockroom$/)
    expect(await query(url, 'select current_database() as name')).toEqual([{ name: 'stockroom' }])
    expect(dataDirectory).toBe(directory)
    expect((await readdir(directory)).sort()).toEqual(['postgres', 'postgres.log'])
  })

  it('keeps data between starts and flushes every commit', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    await Promise.all([first.stop(), first.stop()])

    const second = await start()

    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(await query(second.url, 'show fsync')).toEqual([{ fsync: 'on' }])
  })

  it('is nothing that the PG variables of another server speak of', async () => {
    Object.assign(process.env, {
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=elsewhere',
      PGDATABASE: 'other',
    })

    const { url } = await start()

    expect(await query(url, 'show search_path')).toEqual([{ search_path: '"$user", public' }])
  })

  it('refuses a wrong password', async () => {
    const { url } = await start()

    const intruder = query(url.replace(/:[0-9a-f]{48}@/, ':guess@'), 'select 1')

    await expect(intruder).rejects.toThrow('password authentication failed')
  })

  it('is refused in words that name what is missing when its URL has no password', async () => {
    const { url } = await start()

    const check = requireServices({ DATABASE_URL: url.replace(/:[0-9a-f]{48}@/, '@') })

    await expect(check).rejects.toThrow(/^DATABASE_URL .*the server wants a password, and the URL has none$/)
  })

  it('is not ended by the Ctrl-C that tells the shop to drain', async () => {
    const { child, says: url } = await shop()

    process.kill(-(child.pid as number), 'SIGINT')
    await pause(50)

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends with a shop that %s ends', async (signal) => {
    const { child } = await shop()
    const before = await serversOf(directory)

    child.kill(signal)

    expect(before.length).toBeGreaterThan(0)
    await eventually(async () => (await serversOf(directory)).length === 0)
  })

  it('keeps a second shop out in one line that says what to do, and goes on', async () => {
    const { says: url } = await shop()

    const second = start()

    await expect(second).rejects.toThrow(
      new RegExp(
        `^STOCKROOM_DATA_DIR ${directory} is in use by another shop \\(its PostgreSQL is process \\d+\\); ` +
          'set STOCKROOM_DATA_DIR to a folder of its own\\.$',
      ),
    )
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('goes to one of several shops that race for a new folder, or for the place of a killed one', async () => {
    const contested = await makeDirectory()
    const race = async () => {
      const shops = await Promise.all([shop(contested), shop(contested), shop(contested)])
      const [winner, ...others] = shops.filter(({ says }) => says.startsWith('postgres://'))
      const refused = shops.filter(({ says }) => says.includes('is in use by another shop'))
      expect([others.length, refused.length]).toEqual([0, 2])
      return winner as (typeof shops)[number]
    }

    const { says } = await race()
    await query(says, 'create table kept as select 42 as answer')
    for (const child of children) child.kill('SIGKILL')
    const successor = await race()

    expect(await query(successor.says, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect((await readdir(contested)).sort()).toEqual(['postgres', 'postgres.log'])
    successor.child.kill('SIGKILL')
    await eventually(async () => (await serversOf(contested)).length === 0)
    await rm(contested, { recursive: true })
  })

  it('starts although the pid of its last server belongs to another process by now', async () => {
    const last = await start()
    const lockFile = await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')
    await last.stop()
    const { uid, gid } = await stat(join(directory, 'postgres')) // PostgreSQL heeds processes of its own account only
    const bystander = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {})
    children.add(bystander)
    await writeFile(
      join(directory, 'postgres', 'postmaster.pid'),
      lockFile.replace(/^\d+/, String(bystander.pid)),
    )

    const { url } = await start()

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull()
  })

  it('says in PostgreSQL’s own words why it doesn’t start', async () => {
    const file = join(directory, 'postgres', 'PG_VERSION')
    const version = await readFile(file)
    await writeFile(file, '9\n')

    const refused = start()

    await expect(refused).rejects.toThrow(/^PostgreSQL did not start: .*not compatible[^\n]*$/)
    await writeFile(file, version)
  })

  it.each(['postgres.log/data', '/proc/shop/data'])(
    'says in one line that %s can’t be its folder',
    async (path) => {
      const refused = start(join(path.startsWith('/') ? '' : directory, path))

      await expect(refused).rejects.toThrow(
        /^STOCKROOM_DATA_DIR \S+ can't be used \(.*\); set STOCKROOM_DATA_DIR to a folder that can be written\.$/,
      )
    },
  )

  itAsRoot('runs as the owner of its data', async () => {
    await (await start()).stop()
    const { uid, gid } = await stat(join(directory, 'postgres'))
    const chown = (owner: string) => execFileSync('chown', ['-R', owner, join(directory, 'postgres')])
    chown('daemon')

    const { url } = await start()

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    await Promise.all([...running].map((server) => server.stop()))
    chown(`${uid}:${gid}`)
  })

  itAsRoot('keeps its data elsewhere when root’s folder is closed to everyone else', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'closed-'))

    const server = await startEmbeddedPostgres(closed)
    const answer = await query(server.url, 'select 1 as one')
    await server.stop()
    await rm(closed, { recursive: true })
    await rm(server.dataDirectory, { recursive: true })
    await rmdir(join(server.dataDirectory, '..')).catch(() => {}) // unless others use it

    expect(answer).toEqual([{ one: 1 }])
    expect(server.dataDirectory).toMatch(/^\/var\/lib\/stockroom\/[0-9a-f]{16}$/)
  })
})

describe('the embedded PostgreSQL of another process', () => {
  it('is found where it runs, by who may read its folder', async () => {
    const { url } = await start()

    expect(await runningEmbeddedPostgres(directory)).toBe(url)
  })

  it('is not there where it was stopped', async () => {
    await (await start()).stop()

    expect(await runningEmbeddedPostgres(directory)).toBeUndefined()
  })

  it('is not there where its server was killed and left its lock file', async () => {
    await start()
    const lockFile = join(directory, 'postgres', 'postmaster.pid')
    const left = await readFile(lockFile, 'utf8')
    await Promise.all([...running].map((server) => server.stop()))
    await writeFile(lockFile, left)

    expect(await runningEmbeddedPostgres(directory)).toBeUndefined()
    await rm(lockFile)
  })

  it('is not there where none ever ran', async () => {
    expect(await runningEmbeddedPostgres(join(directory, 'nowhere'))).toBeUndefined()
  })
})
