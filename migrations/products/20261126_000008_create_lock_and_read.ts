import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Locks products as lock_stock does, and reads what the ledger has decided of some orders once it has the locks, so
    -- that it sees what those have decided who had them before.
    create function products.lock_and_read(patient bigint[], impatient bigint[], order_ids bigint[])
    returns table (stock json, decisions json)
    language plpgsql
    as $$
    begin
      select json_agg(json_build_object('id', l.product_id, 'qty', l.stock, 'isLocked', l.is_locked))
        into stock
        from products.lock_stock(patient, impatient) l;
      select json_agg(json_build_object('orderId', order_id, 'productId', product_id, 'quantity', -change, 'outcome', kind))
        into decisions
        from products.stock_movements
       where order_id = any(order_ids);
      return next;
    end
    $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function products.lock_and_read(bigint[], bigint[], bigint[])')
}
