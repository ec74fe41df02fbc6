import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Takes idempotency keys that nobody has taken within the time that they are kept. Waits up to patience_ms for
    -- transactions that are just taking some of them; then it takes what is free one by one, 2 ms for each that isn't,
    -- and tells of the others that they are locked: also of those that it hasn't come to after 500 ms.
    create function orders.take_keys(wanted json, kept interval, patience_ms integer)
    returns table (wanted_key text, is_locked boolean)
    language plpgsql
    set lock_timeout = 0 -- so that what is set below ends with the function
    as $$
    declare
      taken text[];
      one record;
      ends_at timestamptz;
    begin
      begin
        perform set_config('lock_timeout', patience_ms::text, true);
        with inserted as (
          insert into orders.idempotency_keys as present (key, fingerprint)
          select key, fingerprint from json_to_recordset(wanted) as w(key text, fingerprint text)
           order by key collate "C" -- in the same order in every transaction, so that no two wait for each other
          on conflict (key) do update
             set fingerprint = excluded.fingerprint, order_id = null, created_at = now()
           where present.created_at <= now() - kept
          returning key
        )
        select array_agg(key) into taken from inserted;
        return query select unnest(taken), false;
        return;
      exception when lock_not_available then
        perform set_config('lock_timeout', '2', true);
      end;

      ends_at := clock_timestamp() + interval '500 milliseconds';
      for one in
        select key, fingerprint from json_to_recordset(wanted) as w(key text, fingerprint text) order by key collate "C"
      loop
        is_locked := clock_timestamp() > ends_at;
        wanted_key := one.key;
        if not is_locked then
          begin
            insert into orders.idempotency_keys as present (key, fingerprint) values (one.key, one.fingerprint)
            on conflict (key) do update
               set fingerprint = excluded.fingerprint, order_id = null, created_at = now()
             where present.created_at <= now() - kept;
            continue when not found; -- it belongs to another order
          exception when lock_not_available then
            is_locked := true;
          end;
        end if;
        return next;
      end loop;
    end
    $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function orders.take_keys(json, interval, integer)')
}
