import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What a product has got in all: a few entries, however often it is sold. Sales don't touch it.
    create index stock_movements_supplies on products.stock_movements (product_id) include (change)
     where kind in ('initial', 'adjustment', 'removal');
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index products.stock_movements_supplies')
}
