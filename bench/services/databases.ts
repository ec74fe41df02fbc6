import pg from 'pg'

/** Creates an empty database on the server at `server`. Resolves to its URL. */
export async function createDatabase(server: string, name: string): Promise<string> {
  await runSql(server, `create database ${name}`)
  return Object.assign(new URL(server), { pathname: `/${name}` }).href
}

/** Drops the databases whose names begin with `prefix`, and ends the sessions that are left. */
export async function dropDatabases(server: string, prefix: string): Promise<void> {
  const found = await runSql<{ datname: string }>(
    server,
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  )
  for (const { datname } of found) await runSql(server, `drop database if exists ${datname} with (force)`)
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
