import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../../bench/processes/eventually.ts'
import { killShops, ownDataDirectory, ShopProcess } from '../../support/shop-process.ts'

const copied = [
  ...['commands', 'deploy', 'functions', 'layers', 'local', 'migrations', 'plugins'],
  ...['package.json', 'serverless.yml', 'tsconfig.json'],
]
const liveness = 'functions/operations/get-liveness.ts'

let data: Awaited<ReturnType<typeof ownDataDirectory>>
let directory: string
let shop: ShopProcess

beforeAll(async () => {
  data = await ownDataDirectory()
  directory = await mkdtemp(join(tmpdir(), 'stockroom-develop-'))
  for (const name of copied) await cp(name, join(directory, name), { recursive: true })
  await symlink(resolve('node_modules'), join(directory, 'node_modules'))
  shop = await ShopProcess.start({
    command: ['npm', 'run', 'dev'],
    directory,
    environment: { STOCKROOM_DATA_DIR: data.path },
  })
})

afterAll(async () => {
  await killShops()
  await rm(directory, { recursive: true, force: true })
  await data.remove()
})

/** As most editors do: another file is written, and renamed over the one that was there. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(join(directory, `${file}~`), text)
  await rename(join(directory, `${file}~`), join(directory, file))
}

const contentOf = (file: string) => readFile(join(directory, file), 'utf8')
const starts = () => shop.stdout.split('Ctrl-C stops it.').length

/** Saves a file, and resolves when the shop has started once more. */
async function saveAndStart(file: string, text: string): Promise<void> {
  const before = starts()
  await save(file, text)
  await eventually(() => starts() > before, 60_000)
}

async function alive() {
  const response = await fetch(`${shop.url}/health/live`)
  return { status: response.status, body: await response.json() }
}

describe('npm run dev', () => {
  it("shows every save of an editor that renames a new file over the old one, also of a function that can't be loaded", async () => {
    const text = await contentOf(liveness)

    await saveAndStart(liveness, text.replace("status: 'alive'", "status: 'another' as 'alive'"))
    const another = await alive()
    await saveAndStart(liveness, `${text}\nconst broken = ;\n`)
    const broken = await alive()
    await saveAndStart(liveness, text)

    expect(another).toEqual({ status: 200, body: { status: 'another' } })
    expect(broken).toMatchObject({ status: 500, body: { code: 'internal-error' } })
    expect(JSON.stringify(broken)).not.toMatch(/get-liveness|Error:/)
    expect(shop.stdout + shop.stderr).toMatch(/can't be loaded: .*get-liveness\.ts:\d+:\d+.*\n/)
    expect(shop.stdout + shop.stderr).not.toMatch(/\n +at /)
    expect(await alive()).toEqual({ status: 200, body: { status: 'alive' } })
  }, 300_000)

  it('starts the shop again when .env was saved', async () => {
    await saveAndStart('.env', '# nothing is set\n')

    expect((await alive()).status).toBe(200)
  }, 300_000)

  it.each([
    ['serverless.yml', 'broken: ['],
    ['local/shop.ts', 'const broken = ;'],
  ])(
    "names %s in one line and waits for its next save when the shop can't start with it",
    async (file, mistake) => {
      const text = await contentOf(file)
      const waits = () => shop.stdout.split('starts again when a file is saved').length
      const before = waits()

      await save(file, `${text}\n${mistake}\n`)
      await eventually(() => waits() > before, 60_000)
      await saveAndStart(file, text)

      expect(shop.stdout + shop.stderr).toMatch(new RegExp(`${file}(:\\d+: |": ).+\\n`))
      expect((await alive()).status).toBe(200)
    },
    300_000,
  )
})
