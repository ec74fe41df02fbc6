import { keepsSessions } from './session-settings.ts'

const names = new Map<string, string>()

/**
 * The name by which pg prepares a statement once on each connection, which saves PostgreSQL parsing and planning it
 * again: https://node-postgres.com/features/queries#prepared-statements. None for a statement without bindings, and
 * none where sessions aren't kept.
 */
export function statementName({
  sql,
  bindings = [],
}: {
  sql: string
  bindings?: unknown[]
}): string | undefined {
  if (bindings.length === 0 || !keepsSessions()) return undefined
  const present = names.get(sql)
  if (present) return present
  const name = `stockroom-${names.size + 1}`
  names.set(sql, name)
  return name
}
