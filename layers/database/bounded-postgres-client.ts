// @ts-expect-error knex publishes no types for its dialects, which its guide says to extend by this path
import PostgresDialect from 'knex/lib/dialects/postgres/index.js'
import type { Client } from 'pg'
import { statementName } from './statement-name.ts'

type PooledClient = Client & {
  connection: { stream: { destroy(error: Error): void } }
  __knex__disposed?: Error
}

interface Statement {
  sql: string
  bindings?: unknown[]
  /** Whether it ends a transaction, so that who gives it up doesn't know what became of it. */
  commits?: boolean
}

/**
 * knex's PostgreSQL client, with four promises more. A connection whose server didn't answer within pg's
 * `query_timeout` is cut: pg itself keeps such a connection, and every later statement would queue up behind the one
 * that never ends. A commit may take `commit_timeout` instead. Statements with bindings are prepared once per
 * connection. And what is handed to {@link send} is sent at once, behind what is under way.
 */
export class BoundedPostgresClient extends PostgresDialect {
  declare connectionSettings: { commit_timeout: number }
  declare acquireConnection: () => Promise<PooledClient>
  declare releaseConnection: (connection: PooledClient) => Promise<void>
  declare positionBindings: (sql: string) => string

  /** Sends a statement, with `?` for its bindings, on a connection of the pool, and resolves to its rows. */
  async send<Row>(connection: PooledClient, statement: Statement): Promise<Row[]> {
    const { response } = await this._query(connection, {
      ...statement,
      sql: this.positionBindings(statement.sql),
    })
    return response.rows
  }

  async _query(connection: PooledClient, statement: Statement) {
    try {
      const commits = statement.commits || statement.sql === 'COMMIT;'
      const options = {
        name: statementName(statement),
        query_timeout: commits ? this.connectionSettings.commit_timeout : undefined,
      }
      return await super._query(connection, { ...statement, options })
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') {
        connection.__knex__disposed = error // or the pool would hand it out until the socket has closed
        connection.connection.stream.destroy(error)
      }
      throw error
    }
  }
}
