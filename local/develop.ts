import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const folders = ['functions', 'layers', 'local', 'migrations', 'plugins']
const source = /(?<!\.test)\.(ts|mjs|json)$/
const settings = /^(\.env|serverless\.yml|package\.json)$/
/** One save is several events, and "save all" is several saves. */
const savingMs = 200
const command = ['node_modules/.bin/serverless', 'offline', 'start', ...process.argv.slice(2)]

let shop = startShop()
let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop)
for (;;) {
  const file = await nextSave()
  await shop.end()
  process.stdout.write(`\n${file} was saved: the shop starts again.\n`)
  shop = startShop()
}

function startShop() {
  const child = spawn(process.execPath, command, { stdio: 'inherit' })
  let isEnding = false
  const ended = once(child, 'exit').then(() => {
    if (!isEnding && !isStopping) process.stdout.write('\nThe shop starts again when a file is saved.\n')
  })
  return {
    async end() {
      isEnding = true
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function stop() {
  isStopping = true
  await shop.end()
  process.exit()
}

/**
 * Resolves to the first file that is saved from now on. Folders are watched: `node --watch` on Linux watches the file
 * itself, which an editor takes away that renames a new one over it (https://nodejs.org/api/fs.html#inodes).
 */
async function nextSave(): Promise<string> {
  const saved = Promise.withResolvers<string>()
  const watchers = [['.', settings] as const, ...allFolders().map((folder) => [folder, source] as const)].map(
    ([folder, names]) =>
      watch(folder, (_event, name) => {
        if (name && names.test(name)) saved.resolve(join(folder, name))
      }),
  )
  const file = await saved.promise
  await pause(savingMs)
  for (const watcher of watchers) watcher.close()
  return file
}

function allFolders(): string[] {
  const below = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory()),
  )
  return [...folders, ...below.map(({ parentPath, name }) => join(parentPath, name))]
}
