import { configuration } from '@stockroom/runtime/configuration'
import knex, { type Knex } from 'knex'
import { connectionOptions, type Domain, databaseUrl } from './connection.ts'
import { sessionSettings } from './session-settings.ts'

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
 * Makes the settings of the shop's sessions those of its user in the database of a domain, for connections that can't
 * say them by themselves; `timeoutMs` is the limit of a statement. Sessions that migrate have no limits.
 */
export function configureSessions(domain: Domain, timeoutMs: number): Promise<void> {
  return withMigrator(domain, (_, connection) =>
    connection.transaction(async (trx) => {
      // Of two who alter a role at once PostgreSQL refuses one, and the domains may share a database.
      await trx.raw("select pg_advisory_xact_lock(hashtext('stockroom session settings'))")
      const { rows } = await trx.raw(
        `select format('alter role current_user in database %I set %I = %L', current_database(), key, value) as sql
           from json_each_text(?)`,
        [JSON.stringify(sessionSettings(timeoutMs))],
      )
      for (const { sql } of rows) await trx.raw(sql)
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
    connection: connectionOptions(databaseUrl(domain)) as Knex.PgConnectionConfig,
    pool: { min: 0, max: 2, afterCreate: lendsSessions() ? undefined : allowLongWaits },
    // knex would print the whole SQL of a migration that fails; the caller gets the reason as an error.
    log: { warn() {}, error() {} },
  })
  try {
    return await connection.transaction(async (lock) => {
      await lock.raw('select pg_advisory_xact_lock(hashtext(?))', [`stockroom migrations ${domain}`])
      await ensureSchema(connection, domain)
      return await work(connection.migrate, connection)
    })
  } finally {
    await connection.destroy()
  }
}

/** A role that may create no schema may use one that is there; `if not exists` would refuse it all the same. */
async function ensureSchema(connection: Knex, domain: Domain): Promise<void> {
  const { rows } = await connection.raw('select from pg_namespace where nspname = ?', [domain])
  if (rows.length === 0) await connection.raw('create schema ??', [domain])
}

/** Without limits a pooler's session would be lent to the functions afterwards. */
const lendsSessions = () => configuration().databasePoolMode === 'transaction'

/** A migration of a large table, and the wait for another that is under way, may take their time. */
function allowLongWaits(
  connection: { query(sql: string, done: (error: unknown) => void): void },
  done: (error: unknown, connection: unknown) => void,
): void {
  const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
  const sql = limits.map((name) => `set ${name} = 0`).join('; ')
  connection.query(sql, (error) => done(error, connection))
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
