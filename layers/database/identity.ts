import { within } from '@stockroom/runtime/deadline'
import { processPolicy } from '@stockroom/runtime/process-policy'
import type { Domain } from './connection.ts'
import { query } from './query.ts'

interface Question {
  askedAt: number
  answer: Promise<string>
  /** The newest answer that has come. */
  known: string | undefined
}

const freshMs = 1000
/** A cached read shall not wait for a database that is slow. */
const waitMs = 100

const latest = new Map<Domain, Question>()

/**
 * Which database a domain's rows are in, so that copies of another one can be told from copies of it: what its migration
 * or {@link renewIdentity} drew, and the number that PostgreSQL gave the database. One that was made anew, or that a dump
 * was restored into, is another one.
 *
 * Asks the database again after a second. Nobody waits for that while there are questions all the time; after a pause,
 * and on Lambda, where nothing goes on behind an answer, the call waits for 100 ms at most. So it is late by some two
 * seconds when a database is replaced under a running process.
 * @throws Unavailable while the database is away and has never answered; whatever `query` throws for a schema without it
 */
export async function databaseIdentity(domain: Domain, now = performance.now()): Promise<string> {
  const previous = latest.get(domain)
  const ageMs = previous ? now - previous.askedAt : Number.POSITIVE_INFINITY
  const question = previous && ageMs < freshMs ? previous : ask(domain, now, previous?.known)
  const { known, answer } = question
  if (known === undefined) return answer
  const isGoodEnough = ageMs < processPolicy().identityStaleMs
  return isGoodEnough ? known : within(waitMs, answer).catch(() => known)
}

function ask(domain: Domain, askedAt: number, known: string | undefined): Question {
  const question: Question = { askedAt, known, answer: readIdentity(domain) }
  latest.set(domain, question)
  question.answer.then(
    (identity) => {
      question.known = identity
    },
    () => {},
  )
  return question
}

async function readIdentity(domain: Domain): Promise<string> {
  const [row] = await query<{ identity: string }>(
    domain,
    `select concat_ws('/', id, (select oid from pg_database where datname = current_database())) as identity
       from ${domain}.identity`,
  )
  return row?.identity ?? ''
}

/**
 * Gives a domain's database another identity, and resolves to it: for one whose rows went back to an earlier state, as by
 * a restore from a backup. No copy that was made before, in Redis or in a process, is taken for its rows any more.
 * @throws Unavailable when the database is away
 */
export async function renewIdentity(domain: Domain): Promise<string> {
  await query(domain, `update ${domain}.identity set id = gen_random_uuid()`)
  latest.delete(domain)
  return databaseIdentity(domain)
}
