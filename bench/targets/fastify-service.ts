import amqp, { type ConfirmChannel } from 'amqplib'
import fastify from 'fastify'
import pg from 'pg'

/** A service as one writes it without further thought: each order is one INSERT and one awaited publish. */
const queue = process.env.QUEUE as string
const unitPrice = 12.5

interface Order {
  id: string
  product_id: string
  quantity: number
}

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
})
await pool.query(`
  create table orders (
    id bigint generated always as identity primary key,
    product_id bigint not null,
    quantity integer not null,
    unit_price numeric(11, 2) not null,
    total_price numeric(15, 2) not null,
    status text not null default 'pending',
    created_at timestamptz not null default now()
  )`)

const connection = await amqp.connect(process.env.RABBITMQ_URL as string)
const publishing = await connection.createConfirmChannel()
await publishing.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
const consuming = await connection.createChannel()
await consuming.prefetch(100)
await consuming.consume(queue, (message) => message && consuming.ack(message))

const order = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    product_id: { type: 'integer' },
    quantity: { type: 'integer' },
    unit_price: { type: 'number' },
    total_price: { type: 'number' },
    status: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
  },
}
const schema = {
  body: {
    type: 'object',
    required: ['productId', 'quantity'],
    additionalProperties: false,
    properties: {
      productId: { type: 'integer', minimum: 1 },
      quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    },
  },
  response: { 202: order },
}

const app = fastify()
app.post<{ productId: number; quantity: number }>('/orders', { schema }, async ({ body }, reply) => {
  const { rows } = await pool.query<Order>(
    `insert into orders (product_id, quantity, unit_price, total_price)
     values ($1, $2, $3, $4) returning *`,
    [body.productId, body.quantity, unitPrice, unitPrice * body.quantity],
  )
  const stored = rows[0] as Order
  await publish(publishing, { orderId: stored.id, productId: stored.product_id, quantity: stored.quantity })
  return reply.code(202).header('location', `/orders/${stored.id}`).send(stored)
})

function publish(channel: ConfirmChannel, event: object): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify(event)), { persistent: true }, (error) =>
      error ? reject(error) : resolve(),
    )
  })
}

await app.listen({ port: Number(process.env.HTTP_PORT), host: process.env.HTTP_HOST as string })
process.stdout.write('The Fastify service is ready. Ctrl-C stops it.\n')
process.once('SIGTERM', () => process.exit(0))
