// @ts-expect-error knex publishes no types for its dialects, which its guide says to extend by this path
import PostgresDialect from 'knex/lib/dialects/postgres/index.js'
import type { Client } from 'pg'

type PooledClient = Client & {
  connection: { stream: { destroy(error: Error): void } }
  __knex__disposed?: Error
}

/**
 * knex's PostgreSQL client, with one promise more: a connection whose server didn't answer within pg's
 * `query_timeout` is cut. pg itself keeps such a connection, and every later statement would queue up behind the one
 * that never ends.
 */
export class BoundedPostgresClient extends PostgresDialect {
  async _query(connection: PooledClient, query: object) {
    try {
      return await super._query(connection, query)
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') {
        connection.__knex__disposed = error // or the pool would hand it out until the socket has closed
        connection.connection.stream.destroy(error)
      }
      throw error
    }
  }
}
