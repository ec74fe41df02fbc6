import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What was settled lately, read from the index alone. It grows at its end, by one entry for each order.
    create index orders_settled_at on orders.orders (settled_at) include (created_at, status) where settled_at is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index orders.orders_settled_at')
}
