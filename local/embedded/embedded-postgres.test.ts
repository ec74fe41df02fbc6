import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { requireServices } from '../settings/reachability.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { commandOf, startOf } from './processes.ts'

const itAsRoot = process.getuid?.() === 0 ? it : it.skip

let directory: string
const running = new Set<{ stop(): Promise<void> }>()
const children = new Set<ChildProcess>()

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'embedded-postgres-'))
  await chmod(directory, 0o755) // mkdtemp's 0700 would keep the server's account out when root runs this
  await mkdir(join(directory, 'postgres-new-killed', 'data'), { recursive: true })
})

afterEach(async () => {
  await Promise.all([...running].map((server) => server.stop()))
  for (const child of children) child.kill('SIGKILL')
  running.clear()
  children.clear()
})

afterAll(async () => {
  await (await start()).stop() // ends what a failed test may have left behind
  await rm(directory, { recursive: true })
})

async function start(options?: { port?: number }) {
  const server = await startEmbeddedPostgres(directory, options)
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

async function hasEndedSoon(pid: number) {
  for (let i = 0; i < 200 && (await startOf(pid)); i++) await pause(10)
  return (await startOf(pid)) === undefined
}

/** A process, leader of a group of its own as a shop in a terminal is, that starts the server and does `then`. */
async function shop(then: string) {
  const lockFile = join(directory, 'postgres', 'postmaster.pid')
  // It reads the server's pid itself: after its end the server may be gone, with its file.
  const script = `
    import { readFileSync } from 'node:fs'
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('embedded-postgres.ts', import.meta.url).href)}
    const { url } = await startEmbeddedPostgres(${JSON.stringify(directory)})
    const server = parseInt(readFileSync(${JSON.stringify(lockFile)}, 'utf8'), 10)
    process.stdout.write(url + ' ' + server, () => { ${then} })`
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: [...stdio],
    detached: true,
  })
  children.add(child)
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  const [url = '', server] = String(line).split(' ')
  return { child, url, server: Number(server) }
}

describe('the embedded PostgreSQL', () => {
  it('starts where a first start was killed, and answers in a database of the shop', async () => {
    const { url, port, dataDirectory } = await start()

    expect(url).toMatch(new RegExp(`^postgres://postgres:[0-9a-f]{48}@127\\.0\\.0\\.1:${port}/stockroom$`))
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

  it('recovers from a shop that was killed and left the server running', async () => {
    const killed = await shop('setInterval(() => {}, 1000)')
    killed.child.kill('SIGKILL')
    await once(killed.child, 'exit')
    expect(await commandOf(killed.server)).toContain(join(directory, 'postgres'))

    const { url } = await start()

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await commandOf(killed.server)).toBeUndefined()
  })

  it('is not ended by the Ctrl-C that tells the shop to drain', async () => {
    const { child, url } = await shop("process.on('SIGINT', () => {}); setInterval(() => {}, 1000)")

    process.kill(-(child.pid as number), 'SIGINT')
    await pause(50)

    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('ends with a shop that exits without stopping it', async () => {
    const { server } = await shop('process.exit()')

    expect(await hasEndedSoon(server)).toBe(true)
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
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')

    const refused = start({ port: (listener.address() as { port: number }).port })

    await expect(refused).rejects.toThrow(/^PostgreSQL did not start: .*Address already in use/)
    listener.close()
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
