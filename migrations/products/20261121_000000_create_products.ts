import type { Knex } from 'knex'
import { outboxTable } from '../outbox-table.ts'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table products.products (
      id bigint generated always as identity primary key check (id <= 9007199254740991),
      name varchar(255) not null check (name <> ''),
      price numeric(11, 2) not null check (price >= 0),
      qty integer not null constraint stock_is_never_negative check (qty between 0 and 1000000000),
      version bigint not null default 1,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()
    ) with (fillfactor = 70);

    -- The ledger: every change of a product's stock, and every order that was decided, once.
    create table products.stock_movements (
      id bigint generated always as identity primary key,
      product_id bigint not null,
      order_id bigint constraint an_order_is_decided_once unique,
      change integer not null,
      kind text not null check (kind in ('initial', 'adjustment', 'removal', 'sale', 'insufficient-stock', 'product-not-found')),
      created_at timestamptz(3) not null default now(),
      constraint orders_take_and_the_rest_has_no_order check (
        (kind = 'sale' and order_id is not null and change < 0)
        or (kind in ('insufficient-stock', 'product-not-found') and order_id is not null and change = 0)
        or (kind in ('initial', 'adjustment', 'removal') and order_id is null)
      )
    );

    create index stock_movements_product_id on products.stock_movements (product_id);

    ${outboxTable('products')}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table products.outbox, products.stock_movements, products.products')
}
