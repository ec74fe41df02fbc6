import { parseArgs } from 'node:util'

export const usage = `Reads the books of a shop: orders, stock, ledger, outbox, queues and dead letters.

  npm run audit              for a person
  npm run audit -- --json    for a program: every product and every violation, or {"error": "…"}
  npm run audit -- --help    this page

It audits the shop on the services that DATABASE_URL and RABBITMQ_URL name, in the environment or in .env, else the
embedded one of STOCKROOM_DATA_DIR, running or stopped.

Exit codes: 0 the books balance, 1 they don't or can't be read, 2 the command was not understood.`

/** What the command line asks for; a `problem` where it can't be understood. */
export function parse(args: string[]): { json?: boolean; help?: boolean; problem?: string } {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
      .values
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
