import amqp, { type ConsumeMessage } from 'amqplib'
import fastify from 'fastify'
import pg from 'pg'

/** The shop's job as a service does it that was written without further thought, one order at a time. */
const prefetch = 20
const productKeptMs = 1000

interface Product {
  id: number
  price: number
  qty: number
}
interface OrderCreated {
  orderId: number
  productId: number
  quantity: number
}

pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
})
await pool.query(`
  create table products (
    id bigint generated always as identity primary key, name text not null,
    price numeric(11, 2) not null, qty integer not null check (qty >= 0)
  );
  create table stock_movements (
    id bigint generated always as identity primary key, product_id bigint not null references products,
    order_id bigint not null unique, change integer not null
  );
  create table orders (
    id bigint generated always as identity primary key, product_id bigint not null references products,
    quantity integer not null, unit_price numeric(11, 2) not null, total_price numeric(15, 2) not null,
    status text not null default 'pending', created_at timestamptz not null default now(), settled_at timestamptz
  );
  create index orders_product_id on orders (product_id, id desc);
  insert into products (name, price, qty) values ('Mug', 12.5, 1000000000)`)

const connection = await amqp.connect(process.env.RABBITMQ_URL as string)
const publishing = await connection.createConfirmChannel()
for (const queue of ['order-created', 'stock-decided']) {
  await publishing.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
}

const kept = new Map<number, { product: Product; until: number }>()

async function findProduct(id: number): Promise<Product | undefined> {
  const present = kept.get(id)
  if (present && present.until > performance.now()) return present.product
  const { rows } = await pool.query<Product>('select id, price, qty from products where id = $1', [id])
  const [product] = rows
  if (product) kept.set(id, { product, until: performance.now() + productKeptMs })
  return product
}

const publish = (queue: string, event: object): Promise<void> =>
  new Promise((resolve, reject) => {
    const content = Buffer.from(JSON.stringify(event))
    const settle = (error: unknown) => (error ? reject(error) : resolve())
    publishing.sendToQueue(queue, content, { persistent: true }, settle)
  })

async function reduceStock({ orderId, productId, quantity }: OrderCreated): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const lock = 'select qty from products where id = $1 for update'
    const { rows } = await client.query<Product>(lock, [productId])
    const isEnough = (rows[0]?.qty ?? 0) >= quantity
    const { rowCount } = await client.query(
      'insert into stock_movements (product_id, order_id, change) values ($1, $2, $3) on conflict do nothing',
      [productId, orderId, isEnough ? -quantity : 0],
    )
    if (isEnough && rowCount === 1)
      await client.query('update products set qty = qty - $2 where id = $1', [productId, quantity])
    await client.query('commit')
    return isEnough
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function consume<Event>(queue: string, handle: (event: Event) => Promise<unknown>): Promise<void> {
  const channel = await connection.createChannel()
  await channel.prefetch(prefetch)
  await channel.consume(queue, async (message: ConsumeMessage | null) => {
    if (!message) return
    await handle(JSON.parse(message.content.toString()))
    channel.ack(message)
  })
}

await consume<OrderCreated>('order-created', async (order) => {
  const status = (await reduceStock(order)) ? 'confirmed' : 'rejected'
  await publish('stock-decided', { orderId: order.orderId, status })
})
const settle = `update orders set status = $2, settled_at = now() where id = $1 and status = 'pending'`
await consume<{ orderId: number; status: string }>('stock-decided', ({ orderId, status }) =>
  pool.query(settle, [orderId, status]),
)

const body = {
  type: 'object',
  required: ['productId', 'quantity'],
  additionalProperties: false,
  properties: {
    productId: { type: 'integer', minimum: 1 },
    quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  },
}
const place = `insert into orders (product_id, quantity, unit_price, total_price) values ($1, $2, $3, $4) returning *`

interface Reply {
  code(statusCode: number): Reply
  header(name: string, value: string): Reply
  send(body: object): Reply
}

const app = fastify()
app.post('/orders', { schema: { body } }, async ({ body }: { body: OrderCreated }, reply: Reply) => {
  const { productId, quantity } = body
  const product = await findProduct(productId)
  if (!product) return reply.code(404).send({ error: 'There is no such product' })
  if (product.qty < quantity) return reply.code(409).send({ error: 'There is not enough stock' })
  const { price } = product
  const { rows } = await pool.query<{ id: number }>(place, [productId, quantity, price, price * quantity])
  const stored = rows[0] as { id: number }
  await publish('order-created', { orderId: stored.id, productId, quantity })
  return reply.code(202).header('location', `/orders/${stored.id}`).send(stored)
})

await app.listen({ port: Number(process.env.HTTP_PORT), host: process.env.HTTP_HOST as string })
process.stdout.write('The Fastify service that does the same job is ready. Ctrl-C stops it.\n')
process.once('SIGTERM', () => process.exit(0))
