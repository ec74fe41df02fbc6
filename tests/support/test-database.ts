import * as databases from '../../bench/services/databases.ts'
import { ownName, testEnvironment } from './environment.ts'

/** A database of one suite's own. */
export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

/** Creates an empty database. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = testEnvironment().databaseServerUrl as string
  const name = ownName()
  return {
    url: await databases.createDatabase(server, name),
    drop: () => databases.dropDatabases(server, name),
  }
}
