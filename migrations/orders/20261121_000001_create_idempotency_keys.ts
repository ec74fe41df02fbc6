import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The keys of accepted orders: a key is written in the transaction of its order, never before.
    create table orders.idempotency_keys (
      key text primary key check (length(key) between 1 and 255),
      fingerprint text not null,
      order_id bigint references orders.orders,
      created_at timestamptz(3) not null default now()
    );

    create index idempotency_keys_created_at on orders.idempotency_keys (created_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table orders.idempotency_keys')
}
