import type { LocalSettings } from '../settings/settings.ts'
import { runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

/**
 * Starts the embedded PostgreSQL of a data directory and points DATABASE_URL to it; resolves to where its data is, and to
 * what ends it.
 * @throws Error in one line when another shop has the directory, or PostgreSQL doesn't start
 */
export async function embedDatabase(path: string): Promise<{ dataDirectory: string; stop(): Promise<void> }> {
  const { url, ...database } = await startEmbeddedPostgres(path)
  process.env.DATABASE_URL = url
  return database
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
