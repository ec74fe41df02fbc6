import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A return gives back what the sale of a cancelled order took. Where the cancellation came first, a void row stands in
    -- the place of the decision: kind 'cancelled'.
    alter table products.stock_movements
      drop constraint stock_movements_kind_check,
      drop constraint orders_take_and_the_rest_has_no_order,
      drop constraint an_order_is_decided_once,
      add constraint stock_movements_kind_check check (kind in (
        'initial', 'adjustment', 'removal', 'sale', 'insufficient-stock', 'product-not-found', 'cancelled', 'return')),
      add constraint orders_take_and_return_and_the_rest_has_no_order check (
        (kind = 'sale' and order_id is not null and change < 0)
        or (kind in ('insufficient-stock', 'product-not-found', 'cancelled') and order_id is not null and change = 0)
        or (kind = 'return' and order_id is not null and change > 0)
        or (kind in ('initial', 'adjustment', 'removal') and order_id is null)
      );
    create unique index an_order_is_decided_once on products.stock_movements (order_id) where kind <> 'return';
    create unique index an_order_is_returned_once on products.stock_movements (order_id) where kind = 'return';

    -- As before, and when the ledger has heard that an order was cancelled.
    create or replace function products.lock_and_read(patient bigint[], impatient bigint[], order_ids bigint[])
    returns table (stock json, decisions json)
    language plpgsql
    as $$
    begin
      select json_agg(json_build_object('id', l.product_id, 'qty', l.stock, 'isLocked', l.is_locked))
        into stock
        from products.lock_stock(patient, impatient) l;
      select json_agg(json_build_object(
               'orderId', d.order_id, 'productId', d.product_id, 'quantity', -d.change, 'outcome', d.kind,
               'cancelledAt', case d.kind
                 when 'cancelled' then d.created_at
                 when 'sale' then (
                   select r.created_at from products.stock_movements r where r.order_id = d.order_id and r.kind = 'return')
               end))
        into decisions
        from products.stock_movements d
       where d.order_id = any(order_ids) and d.kind <> 'return';
      return next;
    end
    $$;
  `)
}

/** To an older shop an order whose stock came back, or that was cancelled before, is one that got none. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update products.stock_movements sale set kind = 'insufficient-stock', change = 0
     where kind = 'sale'
       and exists (select from products.stock_movements r where r.order_id = sale.order_id and r.kind = 'return');
    delete from products.stock_movements where kind = 'return';
    update products.stock_movements set kind = 'insufficient-stock' where kind = 'cancelled';

    drop index products.an_order_is_decided_once, products.an_order_is_returned_once;
    alter table products.stock_movements
      drop constraint stock_movements_kind_check,
      drop constraint orders_take_and_return_and_the_rest_has_no_order,
      add constraint stock_movements_kind_check check (kind in (
        'initial', 'adjustment', 'removal', 'sale', 'insufficient-stock', 'product-not-found')),
      add constraint orders_take_and_the_rest_has_no_order check (
        (kind = 'sale' and order_id is not null and change < 0)
        or (kind in ('insufficient-stock', 'product-not-found') and order_id is not null and change = 0)
        or (kind in ('initial', 'adjustment', 'removal') and order_id is null)
      ),
      add constraint an_order_is_decided_once unique (order_id);

    create or replace function products.lock_and_read(patient bigint[], impatient bigint[], order_ids bigint[])
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
