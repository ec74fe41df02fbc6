import type { Knex } from 'knex'

/** The place in a trace of each event of an outbox, so that one that is sent later keeps its trace. */
export const outboxTraceparent = (domain: 'products' | 'orders') => ({
  async up(knex: Knex): Promise<void> {
    await knex.raw(`alter table ${domain}.outbox add column traceparent text`)
  },

  async down(knex: Knex): Promise<void> {
    await knex.raw(`alter table ${domain}.outbox drop column traceparent`)
  },
})
