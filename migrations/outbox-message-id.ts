import type { Knex } from 'knex'

/** What the message of an event calls itself, so that it says the same when it is told again. */
export const outboxMessageId = (domain: 'products' | 'orders') => ({
  async up(knex: Knex): Promise<void> {
    await knex.raw(`alter table ${domain}.outbox add column message_id text`)
  },

  async down(knex: Knex): Promise<void> {
    await knex.raw(`alter table ${domain}.outbox drop column message_id`)
  },
})
