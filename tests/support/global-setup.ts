import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../local/embedded/embedded-postgres.ts'
import { publishEnvironment, testEnvironment } from './environment.ts'
import { missingServicesLine, missingServicesOf, refusalFor } from './missing-services.ts'
import { onTeardown } from './teardown-tasks.ts'
import { missingTools } from './tools.ts'

/** Says what is missing and how long it takes, and starts a PostgreSQL where none was found. */
export default async function setUp(): Promise<void> {
  const environment = testEnvironment()
  const missing = missingServicesOf(environment.services)
  const refusal = refusalFor(missing, process.env.CI === 'true')
  if (missing.length > 0) process.stderr.write(`${refusal ?? missingServicesLine(missing)}\n`)
  if (refusal) process.exit(1)
  process.stderr.write(missingTools(process.env.CI === 'true').line)
  const minutes = process.env.STOCKROOM_TESTS === 'long' ? 'five' : 'three'
  process.stderr.write(`On two cores these tests take some ${minutes} minutes.\n`)
  if (!environment.databaseServerUrl) {
    publishEnvironment({ ...environment, databaseServerUrl: await startOwnPostgres() })
  }
}

async function startOwnPostgres(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'stockroom-test-'))
  // Root runs PostgreSQL under another account, which has to get through.
  await chmod(directory, 0o755)
  const postgres = await startEmbeddedPostgres(directory)
  onTeardown(async () => {
    await postgres.stop()
    await rm(directory, { recursive: true, force: true })
  })
  return postgres.url
}
