import { readdirSync } from 'node:fs'

/** The names of a domain's migrations, oldest first: those of their files. */
export const migrationsOf = (domain: 'products' | 'orders'): string[] =>
  readdirSync(new URL(`../../migrations/${domain}`, import.meta.url))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort()

/** Every migration with its domain, in the order in which they are reverted. */
export const newestMigrations = (): { domain: 'products' | 'orders'; name: string }[] =>
  (['products', 'orders'] as const)
    .flatMap((domain) => migrationsOf(domain).map((name) => ({ domain, name })))
    .sort((one, other) => (one.name < other.name ? 1 : -1))
