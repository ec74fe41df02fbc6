import type { LocalSettings } from '../settings/settings.ts'
import { claimDataDirectory } from './data-directory.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

/** A database of this process's own. */
export interface EmbeddedDatabase {
  /** Where its data is. */
  dataDirectory: string
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a data directory, takes that directory for this process, and points DATABASE_URL to it.
 * @throws Error in one line when another shop has the directory, or PostgreSQL doesn't start
 */
export async function embedDatabase(path: string): Promise<EmbeddedDatabase> {
  const directory = await claimDataDirectory(path)
  const postgres = await startEmbeddedPostgres(directory.path)
  process.env.DATABASE_URL = postgres.url
  return {
    dataDirectory: postgres.dataDirectory,
    async stop() {
      await postgres.stop()
      await directory.release()
    },
  }
}

/**
 * For commands that only read: points DATABASE_URL to the embedded database of a running shop, or starts it when none
 * runs; does nothing where the environment names a database. Resolves to what ends that.
 */
export async function readDatabase({
  embedded,
  dataDirectory,
}: Pick<LocalSettings, 'embedded' | 'dataDirectory'>): Promise<() => Promise<void>> {
  if (!embedded.database) return async () => {}
  const running = await runningEmbeddedPostgres(dataDirectory)
  if (!running) return (await embedDatabase(dataDirectory)).stop
  process.env.DATABASE_URL = running
  return async () => {}
}
