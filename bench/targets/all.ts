import pg from 'pg'
import { startServer } from '../processes/server.ts'
import { runSql } from '../services/databases.ts'
import type { BenchServices, OwnEnvironment } from '../services/own-services.ts'

/** Somebody who takes part in the comparison. */
export interface Target {
  name: string
  /** What it is, in the words of the page that shows the figures. */
  description: string
  /** Starts it, on services of its own; resolves when it answers. */
  enter(services: BenchServices): Promise<Entrant>
}

/** A target that runs. */
export interface Entrant {
  /** Takes `POST` of {@link orderBody}. */
  url: string
  /** Its processes, each with all below it. */
  pids: readonly number[]
  books: Books
}

/** One piece of product 1: the same request for everybody. */
export const orderBody = JSON.stringify({ productId: 1, quantity: 1 })

/** What an entrant has stored, counted from outside: an order is pending until it is confirmed or rejected. */
export interface Books {
  /** Orders that are stored. */
  stored(): Promise<number>
  /** Orders of those that still have to be settled. */
  pending(): Promise<number>
  /** The 99th percentile of the milliseconds that its newest `count` orders took to settle. */
  settledP99Ms(count: number): Promise<number>
}

/** The one that the others are compared with. */
export const yardstick = 'Fastify, the same job'

/** Everybody who takes part, in the order of the table. */
const targets: readonly Target[] = [
  {
    name: 'shop',
    description: '`npm start`: endpoints and consumers through serverless-offline, in one process',
    enter: async (services) => enterShop(await services.own('shop')),
  },
  {
    name: 'shop, 2 workers',
    description: '`WORKERS=2 npm start`: the same port served by two processes, the consumers in a third',
    enter: async (services) => enterShop({ ...(await services.own('workers')), WORKERS: '2' }),
  },
  {
    name: yardstick,
    description:
      'the same job as one writes it: the product out of a cache, one `INSERT`, one awaited, confirmed publish; a consumer that takes each message alone, in one transaction, and publishes the outcome; another that sets the status; the same durability and queue type, prefetch 20',
    enter: enterFastify,
  },
]

/** @throws Error when a name is nobody's */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  const known = targets.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown) throw new Error(`BENCH_ONLY names "${unknown}", which is none of: ${known.join(', ')}.`)
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name))
}

/** Starts a shop and gives it its product. */
export async function enterShop(
  environment: OwnEnvironment & Record<string, string>,
  command: readonly string[] = ['npm', 'start', '--silent'],
): Promise<Entrant> {
  const { url, pid } = await startServer(command, environment)
  await addProduct(environment)
  return { url: `${url}/orders`, pids: [pid], books: await openBooks(environment) }
}

async function enterFastify(services: BenchServices): Promise<Entrant> {
  const environment = await services.own('same_job')
  // Ten connections served more than twenty or forty, and are the default of pg and of the shop.
  const settings = { ...environment, DATABASE_POOL_SIZE: '10' }
  const { url, pid } = await startServer(['node', 'bench/targets/fastify-same-job.ts'], settings)
  return { url: `${url}/orders`, pids: [pid], books: await openBooks(environment, 'orders') }
}

/** Product 1, with more stock than any run sells. */
async function addProduct({ DATABASE_URL }: OwnEnvironment): Promise<void> {
  await runSql(
    DATABASE_URL,
    `with product as (
       insert into products.products (name, price, qty) values ('Mug', 12.5, 1000000000) returning id, qty
     )
     insert into products.stock_movements (product_id, change, kind) select id, qty, 'initial' from product`,
  )
}

/** The books of a shop, or of whoever has such a table of orders elsewhere. Their connection ends with the database. */
export async function openBooks({ DATABASE_URL }: OwnEnvironment, table = 'orders.orders'): Promise<Books> {
  const client = new pg.Client(DATABASE_URL)
  client.on('error', () => {})
  await client.connect()
  const number = async (sql: string) =>
    Number((await client.query<{ number: string }>(`select ${sql}`)).rows[0]?.number)
  return {
    stored: () => number(`count(*) as number from ${table}`),
    pending: () => number(`count(*) as number from ${table} where status = 'pending'`),
    settledP99Ms: (orders) =>
      number(
        `extract(epoch from percentile_disc(0.99) within group (order by settled_at - created_at)) * 1000 as number
           from (select created_at, settled_at from ${table} order by id desc limit ${orders}) newest`,
      ),
  }
}
