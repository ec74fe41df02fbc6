import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const limitMs = 60_000

/** Quiet, and without a look at the network; root has no sandbox. */
const flags = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--virtual-time-budget=2000',
]

/** 1 is light in blink's enum PreferredColorScheme. */
const lightColors = '--blink-settings=preferredColorScheme=1'

/** The Chromium of this machine: what CHROMIUM names, or the first one that PATH has; undefined without one. */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment.CHROMIUM) return environment.CHROMIUM
  const folders = (environment.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

/** Writes a picture of the top of a page, which is a file, in light colours. */
export async function takePicture(
  browser: string,
  page: string,
  picture: string,
  { width, height }: { width: number; height: number },
): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'stockroom-browser-'))
  const own = [`--user-data-dir=${profile}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const shot = [`--window-size=${width},${height}`, `--screenshot=${picture}`, lightColors]
  try {
    await promisify(execFile)(browser, [...flags, ...own, ...shot, pathToFileURL(page).href], {
      timeout: limitMs,
    })
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
