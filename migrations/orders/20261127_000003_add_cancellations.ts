import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A cancelled order is announced again until it is known that it holds no stock any more.
    alter table orders.orders
      drop constraint orders_status_check,
      add constraint orders_status_check check (status in ('pending', 'confirmed', 'rejected', 'cancelled')),
      add column stock_returned_at timestamptz(3),
      add constraint cancelled_orders_alone_return_stock check (stock_returned_at is null or status = 'cancelled');

    create index orders_returning on orders.orders (announce_again_at)
     where status = 'cancelled' and stock_returned_at is null;
  `)
}

/** To an older shop a cancelled order is one that got no stock. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index orders.orders_returning;
    alter table orders.orders drop column stock_returned_at;
    update orders.orders set status = 'rejected', reason = 'insufficient-stock' where status = 'cancelled';
    alter table orders.orders
      drop constraint orders_status_check,
      add constraint orders_status_check check (status in ('pending', 'confirmed', 'rejected'))
  `)
}
