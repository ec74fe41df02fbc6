import { ordersPerPoster, products } from './fill.ts'

/** A request to a shop with a table of some size. */
export interface Probe {
  method: 'GET' | 'POST'
  path: string
  body?: string
  expected: number
}

/** What is measured: its name in the table, and a request that is another one each time. */
export interface Operation {
  name: string
  probe(orders: number): Probe
}

/** The default page of 20 may come out of the cache. */
const pageSize = 24

/** What customers do, and what the console asks for. */
export const operations: readonly Operation[] = [
  {
    name: 'create an order',
    probe: () => ({
      method: 'POST',
      path: '/orders',
      body: JSON.stringify({ productId: between(1, products), quantity: 1 }),
      expected: 202,
    }),
  },
  { name: 'get an order', probe: (orders) => read(`/orders/${between(1, orders)}`) },
  { name: 'list, first page', probe: () => read(page()) },
  {
    name: 'list, deep page',
    probe: (orders) => read(`${page()}&cursor=${cursor(between(orders / 2, (orders * 3) / 4))}`),
  },
  { name: 'overview of the shop', probe: () => read('/admin/overview') },
  {
    name: 'products, a rare word',
    probe: (orders) => read(`/products?search=poster%20${between(1, orders / ordersPerPoster)}`),
  },
  {
    name: 'products in stock, a common word, by price',
    probe: () => read('/products?search=poster&inStock=true&sort=price'),
  },
]

const read = (path: string): Probe => ({ method: 'GET', path, expected: 200 })
const page = () => `/orders/product/${between(1, products)}?limit=${pageSize}`

/** What the shop's `Link` header would say after thousands of pages; a cursor of another form is answered with 400. */
const cursor = (before: number) => Buffer.from(`before:${before}`).toString('base64url')

const between = (from: number, to: number) => Math.floor(from + Math.random() * (to - from + 1))
