import type { Knex } from 'knex'
import { outboxTable } from '../outbox-table.ts'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table orders.orders (
      id bigint generated always as identity primary key check (id <= 9007199254740991),
      product_id bigint not null check (product_id between 1 and 9007199254740991),
      quantity integer not null check (quantity between 1 and 1000000),
      unit_price numeric(11, 2) not null check (unit_price >= 0),
      total_price numeric(15, 2) not null,
      status text not null default 'pending' check (status in ('pending', 'confirmed', 'rejected')),
      reason text check (reason in ('insufficient-stock', 'product-not-found')),
      correlation_id text,
      created_at timestamptz(3) not null default now(),
      settled_at timestamptz(3),
      announcements integer not null default 1,
      announce_again_at timestamptz(3) not null default now() + interval '30 seconds',
      constraint the_total_is_exact check (total_price = unit_price * quantity),
      constraint settled_orders_have_a_time check ((status = 'pending') = (settled_at is null)),
      constraint rejected_orders_have_a_reason check ((status = 'rejected') = (reason is not null))
    ) with (fillfactor = 80);

    create index orders_product_id_id on orders.orders (product_id, id desc);
    create index orders_pending on orders.orders (announce_again_at) where status = 'pending';

    ${outboxTable('orders')}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table orders.outbox, orders.orders')
}
