import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table products.stock_movements
      add column reason text check (length(reason) between 1 and 255),
      add constraint adjustments_alone_have_a_reason check (reason is null or kind = 'adjustment');

    -- The ledger of a product is read page by page, newest first.
    create index stock_movements_product_id_id on products.stock_movements (product_id, id desc);
    drop index products.stock_movements_product_id;

    -- The keys of adjustments with what was answered: a key is written in the transaction of its adjustment.
    create table products.adjustment_keys (
      key text primary key check (length(key) between 1 and 255),
      fingerprint text not null,
      answer json not null,
      created_at timestamptz(3) not null default now()
    );

    create index adjustment_keys_created_at on products.adjustment_keys (created_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table products.adjustment_keys;
    create index stock_movements_product_id on products.stock_movements (product_id);
    drop index products.stock_movements_product_id_id;
    alter table products.stock_movements drop column reason
  `)
}
