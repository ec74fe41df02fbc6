import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { testEnvironment } from '../support/environment.ts'
import { missingServicesOf } from '../support/missing-services.ts'

const run = promisify(execFile)

/** Where the first of two packages lies; the other is in `.serverless`. */
export const firstPackage = resolve('.build/first-package')

/** Packages the shop twice, so that a test can compare; without an account and without the network. */
export default async function setUp(): Promise<void> {
  refuseWithoutTools()
  const home = await mkdtemp(join(tmpdir(), 'stockroom-home-'))
  const environment = { PATH: process.env.PATH, HOME: home, SLS_LOG_LEVEL: 'warning' }
  const noNetwork = { NODE_OPTIONS: `--import=${resolve('tests/artefacts/runtime/no-network.mjs')}` }
  const command = (env: NodeJS.ProcessEnv) =>
    run(process.execPath, [resolve('node_modules/.bin/serverless'), 'package'], { env })
  await command({ ...environment, ...noNetwork })
  await rm(firstPackage, { recursive: true, force: true })
  await cp('.serverless', firstPackage, { recursive: true })
  await command({ ...environment, TZ: 'Asia/Tokyo' })
  await rm(home, { recursive: true })
}

/** These tests are run on purpose, so that nothing is left out. */
function refuseWithoutTools(): void {
  const missing = missingServicesOf(testEnvironment().services).map(
    ({ name, reason }) => `${name} (${reason})`,
  )
  const wanted = existsSync('tools/lambda-runtime/node_modules')
    ? []
    : ['npm ci --prefix tools/lambda-runtime']
  if (missing.length + wanted.length === 0) return
  process.stderr.write(`The tests of the artefacts want ${[...missing, ...wanted].join(', ')}.\n`)
  process.exit(1)
}
