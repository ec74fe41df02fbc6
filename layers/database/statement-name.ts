import { freezesAfterAnswer } from '@stockroom/runtime/invocation'

const names = new Map<string, string>()

/**
 * The name by which pg prepares a statement once on each connection, which saves PostgreSQL parsing and planning it
 * again: https://node-postgres.com/features/queries#prepared-statements. None for a statement without bindings, and
 * none on Lambda, where RDS Proxy would pin the connection:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
 */
export function statementName({
  sql,
  bindings = [],
}: {
  sql: string
  bindings?: unknown[]
}): string | undefined {
  if (bindings.length === 0 || freezesAfterAnswer()) return undefined
  const present = names.get(sql)
  if (present) return present
  const name = `stockroom-${names.size + 1}`
  names.set(sql, name)
  return name
}
