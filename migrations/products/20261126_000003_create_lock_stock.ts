import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Locks products in the order of their ids, so that no two transactions wait for each other in a circle, and tells
    -- their stock. Waits for those of patient as long as the session does for a lock; when that is over, and for those of
    -- impatient at once, it leaves out what is locked and tells so. What doesn't exist isn't among the rows.
    create function products.lock_stock(patient bigint[], impatient bigint[])
    returns table (product_id bigint, stock integer, is_locked boolean)
    language plpgsql
    as $$
    declare
      ours bigint[] := '{}';
      passed_over bigint[] := impatient;
      one bigint;
    begin
      begin
        for one in select id from products.products where id = any(patient) order by id for update loop
          ours := ours || one;
        end loop;
      exception when lock_not_available then
        ours := '{}';
        passed_over := patient || impatient;
      end;

      for one in select id from products.products where id = any(passed_over) order by id for update skip locked loop
        ours := ours || one;
      end loop;
      return query
        select id, qty, not id = any(ours) from products.products where id = any(patient || impatient);
    end
    $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function products.lock_stock(bigint[], bigint[])')
}
