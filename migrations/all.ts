import type { Domain } from '@stockroom/database/connection'
import {
  configureSessions,
  type MigrationStatus,
  type Migrations,
  migrate,
  migrationStatus,
  rollback,
} from '@stockroom/database/migrations'
import * as createOrders from './orders/20261121_000000_create_orders.ts'
import * as createIdempotencyKeys from './orders/20261121_000001_create_idempotency_keys.ts'
import * as addOrdersTraceparent from './orders/20261125_000001_add_outbox_traceparent.ts'
import * as createOrdersIdentity from './orders/20261126_000001_create_identity.ts'
import * as createTakeKeys from './orders/20261126_000002_create_take_keys.ts'
import * as addOrdersMessageId from './orders/20261126_000004_add_outbox_message_id.ts'
import * as addOrdersOutboxRows from './orders/20261126_000006_one_outbox_row_a_commit.ts'
import * as dropTakeKeys from './orders/20261126_000009_drop_take_keys.ts'
import * as addCancellations from './orders/20261127_000003_add_cancellations.ts'
import * as watchOrders from './orders/20261127_000012_watch_orders.ts'
import * as createProducts from './products/20261121_000000_create_products.ts'
import * as addProductsTraceparent from './products/20261125_000000_add_outbox_traceparent.ts'
import * as createProductsIdentity from './products/20261126_000000_create_identity.ts'
import * as createLockStock from './products/20261126_000003_create_lock_stock.ts'
import * as addProductsMessageId from './products/20261126_000005_add_outbox_message_id.ts'
import * as addProductsOutboxRows from './products/20261126_000007_one_outbox_row_a_commit.ts'
import * as createLockAndRead from './products/20261126_000008_create_lock_and_read.ts'
import * as addAdjustments from './products/20261127_000001_add_adjustments.ts'
import * as addReturns from './products/20261127_000002_add_returns.ts'
import * as findProducts from './products/20261127_000011_find_products.ts'
import * as countSupplies from './products/20261127_000013_count_supplies.ts'

/** Every migration by domain. Append; never rename or change one that was released. */
const migrations: Record<Domain, Migrations> = {
  products: {
    '20261121_000000_create_products': createProducts,
    '20261125_000000_add_outbox_traceparent': addProductsTraceparent,
    '20261126_000000_create_identity': createProductsIdentity,
    '20261126_000003_create_lock_stock': createLockStock,
    '20261126_000005_add_outbox_message_id': addProductsMessageId,
    '20261126_000007_one_outbox_row_a_commit': addProductsOutboxRows,
    '20261126_000008_create_lock_and_read': createLockAndRead,
    '20261127_000001_add_adjustments': addAdjustments,
    '20261127_000002_add_returns': addReturns,
    '20261127_000011_find_products': findProducts,
    '20261127_000013_count_supplies': countSupplies,
  },
  orders: {
    '20261121_000000_create_orders': createOrders,
    '20261121_000001_create_idempotency_keys': createIdempotencyKeys,
    '20261125_000001_add_outbox_traceparent': addOrdersTraceparent,
    '20261126_000001_create_identity': createOrdersIdentity,
    '20261126_000002_create_take_keys': createTakeKeys,
    '20261126_000004_add_outbox_message_id': addOrdersMessageId,
    '20261126_000006_one_outbox_row_a_commit': addOrdersOutboxRows,
    '20261126_000009_drop_take_keys': dropTakeKeys,
    '20261127_000003_add_cancellations': addCancellations,
    '20261127_000012_watch_orders': watchOrders,
  },
}

const domains: Domain[] = ['products', 'orders']

/** Brings every domain's schema up to date; safe to call from any number of instances at once. */
export const migrateAll = (): Promise<Record<Domain, string[]>> => eachDomain(migrate)

/** Lets the databases know the settings of the shop's sessions, where its connections can't say them. */
export async function configureSessionsOfAll(timeoutMs: number): Promise<void> {
  for (const domain of domains) await configureSessions(domain, timeoutMs)
}

/** Reverts the one migration that is the newest of all domains, by its name; resolves to what it reverted, if anything. */
export async function rollbackNewest(): Promise<{ domain: Domain; name: string } | undefined> {
  const status = await statusOfAll()
  const newest = domains
    .map((domain) => ({ domain, name: status[domain].applied.at(-1) ?? '' }))
    .reduce((one, other) => (other.name > one.name ? other : one))
  const name = newest.name && (await rollback(newest.domain, migrations[newest.domain]))
  return name ? { domain: newest.domain, name } : undefined
}

/** What is applied and what is pending in each domain. */
export const statusOfAll = (): Promise<Record<Domain, MigrationStatus>> => eachDomain(migrationStatus)

async function eachDomain<Result>(
  work: (domain: Domain, migrations: Migrations) => Promise<Result>,
): Promise<Record<Domain, Result>> {
  const results = await Promise.all(
    domains.map(async (domain) => [domain, await work(domain, migrations[domain])]),
  )
  return Object.fromEntries(results)
}
