import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(String.raw`
    -- A text without accents and case, so that "crème", "Creme" and "CRÈME" are one.
    create function products.folded(text) returns text
    language sql immutable strict parallel safe
    return replace(replace(replace(
      translate(lower(regexp_replace(normalize($1, nfkd), '[\u0300-\u036f]', '', 'g')), 'øłđħŧı', 'oldhti'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');

    -- The words of a text, folded: what stands between white space, punctuation and signs. PostgreSQL's own parser would
    -- take some names for numbers, addresses and file names.
    create function products.words_of(text) returns tsvector
    language sql immutable strict parallel safe
    return (
      select array_to_tsvector(coalesce(array_agg(left(word, 64)) filter (where word <> ''), '{}'))
        from regexp_split_to_table(
          products.folded($1), '[^a-z0-9\u00c0-\U0010ffff]+|[\u00d7\u00f7\u2000-\u206f\u3000-\u303f]+') as word
    );

    -- Finds names that have a word for each word of the text that begins with it; null for a text without words.
    create function products.search_of(text) returns tsquery
    language sql immutable strict parallel safe
    return (
      select string_agg(format('''%s'':*', word), ' & ')::tsquery
        from unnest(tsvector_to_array(products.words_of($1))) as word
    );

    -- They change with the name, and in_stock when the last piece goes or comes back: what only sells stays where it is in
    -- every index.
    alter table products.products
      add words tsvector not null generated always as (products.words_of(name)) stored,
      add name_key text collate "C" not null generated always as (left(products.folded(name), 100)) stored,
      add in_stock boolean not null generated always as (qty > 0) stored;

    create index products_by_words on products.products using gin (words) with (fastupdate = off);
    create index products_by_name on products.products (name_key, id);
    create index products_by_price on products.products (price, id);
    create index products_in_stock_by_id on products.products (id) where in_stock;
    create index products_in_stock_by_name on products.products (name_key, id) where in_stock;
    create index products_in_stock_by_price on products.products (price, id) where in_stock;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index products.products_by_price;
    alter table products.products drop words, drop name_key, drop in_stock;
    drop function products.search_of(text), products.words_of(text), products.folded(text);
  `)
}
