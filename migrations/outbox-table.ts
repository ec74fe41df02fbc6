/**
 * The outbox of a domain: its events until the broker has confirmed them. The table is small and busy, so that its
 * dead rows are vacuumed early.
 */
export const outboxTable = (domain: 'products' | 'orders'): string => `
  create table ${domain}.outbox (
    id uuid primary key,
    name text not null,
    body json not null,
    correlation_id text,
    created_at timestamptz(3) not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz(3) not null
  ) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

  create index outbox_next_attempt_at on ${domain}.outbox (next_attempt_at);
`
