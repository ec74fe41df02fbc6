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

/** Where a package for production lies, with {@link givenParameters} in place of what the infrastructure exports. */
export const productionPackage = resolve('.build/production-package')

export const givenParameters = {
  brokerArn: 'arn:aws:mq:eu-central-1:111111111111:broker:theirs:b-1',
  brokerSecretArn: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:theirs-AbCdEf',
  databaseEndpoint: 'database.theirs.example',
  subnetA: 'subnet-1',
  requestBurst: '7000',
  allowedOrigin: 'https://shop.example, https://admin.example',
}

/** Packages the shop twice, so that a test can compare, and for production; without an account and without the network. */
export default async function setUp(): Promise<void> {
  refuseWithoutTools()
  const home = await mkdtemp(join(tmpdir(), 'stockroom-home-'))
  const environment = { PATH: process.env.PATH, HOME: home, SLS_LOG_LEVEL: 'warning' }
  const noNetwork = { NODE_OPTIONS: `--import=${resolve('tests/artefacts/runtime/no-network.mjs')}` }
  const make = (args: string[], variables: NodeJS.ProcessEnv) =>
    run(process.execPath, [resolve('node_modules/.bin/serverless'), 'package', ...args], {
      env: { ...environment, ...variables },
    })
  const keep = async (folder: string) => {
    await rm(folder, { recursive: true, force: true })
    await cp('.serverless', folder, { recursive: true })
  }
  const parameters = Object.entries(givenParameters).flatMap(([name, value]) => [
    '--param',
    `${name}=${value}`,
  ])
  await make(['--stage', 'prod', ...parameters], noNetwork)
  await keep(productionPackage)
  await make([], noNetwork)
  await keep(firstPackage)
  await make([], { TZ: 'Asia/Tokyo' })
  await rm(home, { recursive: true })
}

/** These tests are run on purpose, so that nothing is left out. */
function refuseWithoutTools(): void {
  const missing = missingServicesOf(testEnvironment().services).map(
    ({ name, reason }) => `${name} (${reason})`,
  )
  const wanted = existsSync('tests/artefacts/lambda-runtime/node_modules')
    ? []
    : ['npm ci --prefix tests/artefacts/lambda-runtime']
  if (missing.length + wanted.length === 0) return
  process.stderr.write(`The tests of the artefacts want ${[...missing, ...wanted].join(', ')}.\n`)
  process.exit(1)
}
