import type { Domain } from '@stockroom/database/connection'
import {
  type MigrationStatus,
  type Migrations,
  migrate,
  migrationStatus,
  rollback,
} from '@stockroom/database/migrations'
import * as createOrders from './orders/20261121_000000_create_orders.ts'
import * as createIdempotencyKeys from './orders/20261121_000001_create_idempotency_keys.ts'
import * as createProducts from './products/20261121_000000_create_products.ts'

/** Every migration by domain. Append; never rename or change one that was released. */
const migrations: Record<Domain, Migrations> = {
  products: { '20261121_000000_create_products': createProducts },
  orders: {
    '20261121_000000_create_orders': createOrders,
    '20261121_000001_create_idempotency_keys': createIdempotencyKeys,
  },
}

const domains: Domain[] = ['products', 'orders']

/** Brings every domain's schema up to date; safe to call from any number of instances at once. */
export const migrateAll = (): Promise<Record<Domain, string[]>> => eachDomain(migrate)

/** Reverts what the latest {@link migrateAll} applied in each domain. */
export const rollbackAll = (): Promise<Record<Domain, string[]>> => eachDomain(rollback)

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
