import type { RunFunction } from '../functions/scheduler.ts'

const samples = [
  { name: 'Enamel mug', price: 12.5, qty: 250 },
  { name: 'Desk lamp', price: 49.9, qty: 80 },
  { name: 'Linen notebook', price: 8.95, qty: 1000 },
  { name: 'Numbered print, edition of 50', price: 180, qty: 50 },
]

interface Answer {
  statusCode: number
  body: string
}

/** Adds a few products to an empty catalogue, as a client would. */
export async function addSampleProducts(run: RunFunction): Promise<void> {
  const listed = (await run('listProducts', {
    routeKey: 'GET /products',
    headers: {},
    queryStringParameters: { limit: '1' },
  })) as Answer
  if (listed.statusCode !== 200 || JSON.parse(listed.body).length > 0) return
  for (const product of samples) {
    await run('createProduct', {
      routeKey: 'POST /products',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(product),
    })
  }
}
