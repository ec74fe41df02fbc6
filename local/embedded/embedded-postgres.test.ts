import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Child, killChildren } from '../../bench/processes/child.ts'
import { eventually } from '../../bench/processes/eventually.ts'
import { runSql } from '../../bench/services/databases.ts'
import { processesOf } from '../../tests/support/process-list.ts'
import { requireServices } from '../settings/reachability.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const itAsRoot = process.getuid?.() === 0 ? it : it.skip

let directory: string
const running = new Set<{ stop(): Promise<void> }>()

beforeAll(async () => {
  directory = await makeDirectory()
  await mkdir(join(directory, 'postgres-new-killed', 'data'), { recursive: true })
})

afterEach(async () => {
  await Promise.all([...running].map((server) => server.stop()))
  await killChildren()
  await eventually(async () => (await serversOf(directory)).length === 0)
  running.clear()
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

const answers = async (url: string) => (await runSql(url, 'select 1')).length === 1

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
  const child = new Child([process.execPath, '--input-type=module', '-e', script])
  await child.until(() => child.stdout !== '')
  return { child, says: child.stdout }
}

describe('the embedded PostgreSQL', () => {
  it('starts where a first start was killed, and answers in a database of the shop', async () => {
    const { url, dataDirectory } = await start()

    expect(url).toMatch(/^postgres:\/\/postgres:[0-9a-f]{48}@127\.0\.0\.1:\d+\/stockroom$/)
    expect(await runSql(url, 'select current_database() as name')).toEqual([{ name: 'stockroom' }])
    expect(dataDirectory).toBe(directory)
    expect((await readdir(directory)).sort()).toEqual(['postgres', 'postgres.log'])
  })

  it('keeps data between starts and flushes every commit', async () => {
    const first = await start()
    await runSql(first.url, 'create table kept as select 42 as answer')
    await Promise.all([first.stop(), first.stop()])

    const second = await start()

    expect(await runSql(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect(await runSql(second.url, 'show fsync')).toEqual([{ fsync: 'on' }])
  })

  it('is nothing that the PG variables of another server speak of', async () => {
    Object.assign(process.env, {
      PGSSLMODE: 'require',
      PGOPTIONS: '-c search_path=elsewhere',
      PGDATABASE: 'other',
    })

    const { url } = await start()

    expect(await runSql(url, 'show search_path')).toEqual([{ search_path: '"$user", public' }])
  })

  it('refuses a wrong password, and names what is missing when its URL has none', async () => {
    const { url } = await start()

    const [guessed, absent] = [':guess@', '@'].map((word) => url.replace(/:[0-9a-f]{48}@/, word)) as [
      string,
      string,
    ]

    await expect(answers(guessed)).rejects.toThrow('password authentication failed')
    await expect(requireServices({ DATABASE_URL: absent })).rejects.toThrow(
      /^DATABASE_URL .*the server wants a password, and the URL has none$/,
    )
  })

  it('is not ended by the Ctrl-C that tells the shop to drain', async () => {
    const { child, says: url } = await shop()

    child.signal('SIGINT')
    await pause(50)

    expect(await answers(url)).toBe(true)
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends with a shop that %s ends', async (signal) => {
    const { child } = await shop()
    const before = await serversOf(directory)

    child.signal(signal, 'process')

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
    expect(await answers(url)).toBe(true)
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
    await runSql(says, 'create table kept as select 42 as answer')
    await killChildren()
    const successor = await race()

    expect(await runSql(successor.says, 'select answer from kept')).toEqual([{ answer: 42 }])
    expect((await readdir(contested)).sort()).toEqual(['postgres', 'postgres.log'])
    await successor.child.kill()
    await eventually(async () => (await serversOf(contested)).length === 0)
    await rm(contested, { recursive: true })
  })

  it('starts although the pid of its last server belongs to another process by now', async () => {
    const last = await start()
    const lockFile = join(directory, 'postgres', 'postmaster.pid')
    const lock = await readFile(lockFile, 'utf8')
    await last.stop()
    const { uid, gid } = await stat(join(directory, 'postgres')) // PostgreSQL heeds processes of its own account only
    const bystander = new Child(['sleep', '60'], process.getuid?.() === 0 ? { uid, gid } : {})
    await writeFile(lockFile, lock.replace(/^\d+/, String(bystander.pid)))

    const { url } = await start()

    expect(await answers(url)).toBe(true)
    expect(bystander.isRunning).toBe(true)
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

    expect(await answers(url)).toBe(true)
    await Promise.all([...running].map((server) => server.stop()))
    chown(`${uid}:${gid}`)
  })

  itAsRoot('keeps its data elsewhere when root’s folder is closed to everyone else', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'closed-'))

    const server = await startEmbeddedPostgres(closed)
    const isThere = await answers(server.url)
    await server.stop()
    await rm(closed, { recursive: true })
    await rm(server.dataDirectory, { recursive: true })
    await rmdir(join(server.dataDirectory, '..')).catch(() => {}) // unless others use it

    expect(isThere).toBe(true)
    expect(server.dataDirectory).toMatch(/^\/var\/lib\/stockroom\/[0-9a-f]{16}$/)
  })
})

describe('the embedded PostgreSQL of another process', () => {
  it('is found where it runs, by who may read its folder, and neither where it was killed nor where none ever ran', async () => {
    const server = await start()
    const lockFile = join(directory, 'postgres', 'postmaster.pid')
    const lock = await readFile(lockFile)

    const running = await runningEmbeddedPostgres(directory)
    await server.stop()
    const stopped = await runningEmbeddedPostgres(directory)
    await writeFile(lockFile, lock)
    const killed = await runningEmbeddedPostgres(directory)
    const never = await runningEmbeddedPostgres(join(directory, 'nowhere'))
    await rm(lockFile)

    expect([running, stopped, killed, never]).toEqual([server.url, undefined, undefined, undefined])
  })
})
