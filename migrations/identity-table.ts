import type { Knex } from 'knex'

/** What tells the database of a domain from every other one: a row that is drawn here, and again after a restore. */
export const identityTable = (domain: 'products' | 'orders') => ({
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table ${domain}.identity (
        id uuid not null default gen_random_uuid(),
        is_the_only_one boolean primary key default true check (is_the_only_one)
      );

      insert into ${domain}.identity default values;
    `)
  },

  async down(knex: Knex): Promise<void> {
    await knex.raw(`drop table ${domain}.identity`)
  },
})
