import knex, { type Knex } from 'knex'
import { type Domain, databaseUrl } from './connection.ts'

/** The migrations of one domain by name, in the order of their names; a name never changes once it was applied. */
export type Migrations = Record<string, Knex.Migration>

/** What is applied of a domain's migrations, and what a {@link migrate} would apply. */
export interface MigrationStatus {
  applied: string[]
  pending: string[]
}

/**
 * Applies a domain's pending migrations and resolves to the names of those applied. Creates the schema when it is
 * missing. Any number of instances may call it at once: the first does the work, the others wait for it.
 */
export function migrate(domain: Domain, migrations: Migrations): Promise<string[]> {
  return withMigrator(domain, async (migrator) => {
    const config = configurationOf(domain, migrations)
    // We hold the advisory lock, so a lock in knex's own table is what a killed migration left behind.
    await migrator.forceFreeMigrationsLock(config)
    const [, names] = await migrator.latest(config)
    return names
  })
}

/** Reverts the newest applied migration of a domain and resolves to its name, if there is one. */
export function rollback(domain: Domain, migrations: Migrations): Promise<string | undefined> {
  return withMigrator(domain, async (migrator) => {
    const [, names] = await migrator.down(configurationOf(domain, migrations))
    return names[0]
  })
}

/** Tells which migrations of a domain are applied and which are pending. */
export function migrationStatus(domain: Domain, migrations: Migrations): Promise<MigrationStatus> {
  return withMigrator(domain, async (migrator) => {
    const [applied, pending] = await migrator.list(configurationOf(domain, migrations))
    return { applied: applied.map(({ name }: { name: string }) => name), pending }
  })
}

/**
 * Lets the server of a domain cancel statements of the shop's user that take longer than `timeoutMs`, in connections
 * that don't say a limit by themselves; those that migrate have none.
 */
export function limitStatements(domain: Domain, timeoutMs: number): Promise<void> {
  return withMigrator(domain, (_, connection) =>
    connection.transaction(async (trx) => {
      // Of two who alter a role at once PostgreSQL refuses one, and the domains may share a database.
      await trx.raw("select pg_advisory_xact_lock(hashtext('stockroom statement limit'))")
      await trx.raw(
        `do $$ begin
           execute format('alter role current_user in database %I set statement_timeout = ${Number(timeoutMs)}', current_database());
         end $$`,
      )
    }),
  )
}

/**
 * Runs `work` while holding the domain's advisory lock on a connection of its own: knex creates its own tables
 * without a lock, and of several first runs at once all but one fail.
 */
async function withMigrator<Result>(
  domain: Domain,
  work: (migrator: Knex.Migrator, connection: Knex) => Promise<Result>,
): Promise<Result> {
  const connection = knex({
    client: 'pg',
    connection: databaseUrl(domain),
    pool: { min: 0, max: 2, afterCreate: allowLongStatements },
    // knex would print the whole SQL of a migration that fails; the caller gets the reason as an error.
    log: { warn() {}, error() {} },
  })
  try {
    return await connection.transaction(async (lock) => {
      await lock.raw('select pg_advisory_xact_lock(hashtext(?))', [`stockroom migrations ${domain}`])
      await connection.raw('create schema if not exists ??', [domain])
      return await work(connection.migrate, connection)
    })
  } finally {
    await connection.destroy()
  }
}

/** A migration of a large table, and the wait for another that is under way, may take their time. */
function allowLongStatements(
  connection: { query(sql: string, done: (error: unknown) => void): void },
  done: (error: unknown, connection: unknown) => void,
): void {
  connection.query('set statement_timeout = 0', (error) => done(error, connection))
}

/** Takes the migrations from memory, so that it also works in a bundle, where there is no folder to read. */
function configurationOf(domain: Domain, migrations: Migrations): Knex.MigratorConfig {
  return {
    schemaName: domain,
    tableName: 'migrations',
    // A version that was rolled back finds migrations of the newer one, which it doesn't know, and leaves them alone.
    disableMigrationsListValidation: true,
    migrationSource: {
      getMigrations: async () => Object.keys(migrations).sort(),
      getMigrationName: (name: string) => name,
      getMigration: async (name: string) => migrations[name] as Knex.Migration,
    },
  }
}
