import { currentDeadline } from '@stockroom/runtime/commit-deadline'
import { OutcomeUnknown, Unavailable } from '@stockroom/runtime/unavailable'
import type { BoundedPostgresClient } from './bounded-postgres-client.ts'
import { isRolledBack } from './commit-outcome.ts'
import type { Domain } from './connection.ts'
import { asUnavailable, uncrowded } from './query.ts'

/** SQL with `?` for its bindings; an array binds as one PostgreSQL array. */
export interface Statement {
  sql: string
  bindings?: unknown[]
}

/** What a transaction does with what it has locked and read. */
export interface Decision<Written, Result> {
  /** Sent together, in this order. */
  writes: Statement[]
  /** Called after the commit with the rows of the last statement. */
  result(rows: Written[]): Result
}

interface Session {
  send<Row>(statement: Statement, commits?: boolean): Promise<Row[]>
  /** Asks the deadline of the caller, right before a commit is sent. */
  beginCommit(): void
}

/** Whose latest commit wasn't answered. */
const silent = new Set<Domain>()

/**
 * Runs a statement that is a transaction of its own, in one round trip, and resolves to its rows. Whoever has sent it
 * doesn't know what becomes of it until there is an answer: so after one that wasn't answered the server has to say
 * something first.
 * @throws Unavailable when the database is away, or the deadline (commit-deadline.ts) is over: nothing is stored then
 * @throws OutcomeUnknown when the database goes away before it answers
 */
export function commitStatement<Row>(domain: Domain, statement: Statement): Promise<Row[]> {
  return inSession(domain, async ({ send, beginCommit }) => {
    if (silent.has(domain)) await send({ sql: 'select' })
    beginCommit()
    return send<Row>(statement, true)
  })
}

/**
 * Runs a transaction in two round trips: `begin` leaves together with the statement that locks and reads, and `commit`
 * together with those that write what `decide` makes of its rows.
 * @throws as {@link commitStatement}, and what `decide` throws: nothing is stored then
 */
export function readAndCommit<Row, Written, Result>(
  domain: Domain,
  read: Statement,
  decide: (rows: Row[]) => Decision<Written, Result>,
): Promise<Result> {
  return inSession(domain, async ({ send, beginCommit }) => {
    let decision: Decision<Written, Result>
    try {
      const [, rows] = await allOf<Row[]>([send({ sql: 'begin' }), send(read)])
      decision = decide(rows as Row[])
      beginCommit()
    } catch (error) {
      await send({ sql: 'rollback' }).catch(() => {})
      throw error
    }
    // After a statement that failed, `commit` rolls back.
    const written = await allOf<Written[]>([
      ...decision.writes.map((statement) => send<Written>(statement)),
      send({ sql: 'commit' }, true),
    ])
    return decision.result(written.at(-2) ?? [])
  })
}

async function inSession<Result>(
  domain: Domain,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const deadline = currentDeadline()
  let isCommitting = false
  const beginCommit = () => {
    if (deadline && !deadline.beginCommit()) throw new Unavailable('database', 'it took too long')
    isCommitting = true
  }
  try {
    const client: BoundedPostgresClient = uncrowded(domain).client
    const connection = await client.acquireConnection()
    try {
      const send: Session['send'] = (statement, commits) => client.send(connection, { ...statement, commits })
      const result = await work({ send, beginCommit })
      silent.delete(domain)
      return result
    } finally {
      await client.releaseConnection(connection)
    }
  } catch (error) {
    if (!isCommitting || isRolledBack(error)) throw asUnavailable(error)
    silent.add(domain)
    throw new OutcomeUnknown(error)
  }
}

/** The results of statements that were sent together. Throws the first failure, once all have been answered. */
async function allOf<Result>(sent: Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(sent)
  return Promise.all(sent)
}
