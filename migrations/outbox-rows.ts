import type { Knex } from 'knex'

/** One row of an outbox for all events of a commit; a row of the former kind has its one event in columns. */
export const outboxRows = (domain: 'products' | 'orders') => ({
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      alter table ${domain}.outbox
        add column events json,
        alter column name drop not null,
        alter column body drop not null,
        add constraint a_row_has_events check (events is not null or (name is not null and body is not null))
    `)
  },

  async down(knex: Knex): Promise<void> {
    await knex.raw(`
      insert into ${domain}.outbox (id, message_id, name, body, correlation_id, traceparent, created_at, next_attempt_at)
      select gen_random_uuid(), event->>'messageId', event->>'name', event->'body', event->>'correlationId',
             event->>'traceparent', (event->>'createdAt')::timestamptz, now()
        from ${domain}.outbox, json_array_elements(events) as event;
      delete from ${domain}.outbox where events is not null;
      alter table ${domain}.outbox drop column events, alter column name set not null, alter column body set not null
    `)
  },
})
