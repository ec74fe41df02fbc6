// @ts-expect-error knex publishes no types for its dialects, which its guide says to extend by this path
import PostgresDialect from 'knex/lib/dialects/postgres/index.js'
import type { Client } from 'pg'

/**
 * knex's PostgreSQL client, with one promise more: a connection whose server didn't answer within pg's
 * `query_timeout` is cut. pg itself keeps such a connection, and every later statement would queue up behind the one
 * that never ends.
 */
export class BoundedPostgresClient extends PostgresDialect {
  async _query(
    connection: Client & { connection: { stream: { destroy(error: Error): void } } },
    query: object,
  ) {
    try {
      return await super._query(connection, query)
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') {
        connection.connection.stream.destroy(error)
      }
      throw error
    }
  }
}
