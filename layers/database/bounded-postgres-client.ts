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
}

/**
 * knex's PostgreSQL client, with three promises more. A connection whose server didn't answer within pg's
 * `query_timeout` is cut: pg itself keeps such a connection, and every later statement would queue up behind the one
 * that never ends. A commit may take `commit_timeout` instead: who gives it up doesn't know what became of it. And
 * statements with bindings are prepared once per connection.
 */
export class BoundedPostgresClient extends PostgresDialect {
  declare connectionSettings: { commit_timeout: number }

  async _query(connection: PooledClient, statement: Statement) {
    try {
      const options = {
        name: statementName(statement),
        query_timeout: statement.sql === 'COMMIT;' ? this.connectionSettings.commit_timeout : undefined,
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
