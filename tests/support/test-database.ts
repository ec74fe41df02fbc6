import pg from 'pg'
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
  await runSql(server, `create database ${name}`)
  return { url: databaseUrl(server, name), drop: () => dropDatabase(server, name) }
}

/** Drops the databases whose names begin with `prefix`. */
export async function dropDatabases(server: string, prefix: string): Promise<void> {
  const found = await runSql<{ datname: string }>(
    server,
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  )
  for (const { datname } of found) await dropDatabase(server, datname)
}

/** Runs one statement on a connection of its own. */
export async function runSql<Row extends object>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** `force` ends the sessions that are left. */
async function dropDatabase(server: string, name: string): Promise<void> {
  await runSql(server, `drop database if exists ${name} with (force)`)
}

const databaseUrl = (server: string, name: string) =>
  Object.assign(new URL(server), { pathname: `/${name}` }).href
