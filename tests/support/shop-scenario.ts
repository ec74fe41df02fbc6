import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'
import type { Order } from '../../functions/orders/order.ts'
import type { Product } from '../../functions/products/product.ts'
import type { Answer, ShopClient } from './shop-client.ts'

/** What every shop answers its clients, whatever backs its parts. The client holds each answer to the OpenAPI document. */
export function itServesItsClients(clientOf: () => ShopClient): void {
  const get = (...args: Parameters<ShopClient['get']>) => clientOf().get(...args)
  const showProduct = (id: number) => clientOf().get<Product>(`/products/${id}`)
  const listOrders = (id: number) => clientOf().get<Order[]>(`/orders/product/${id}`)
  const cancel = (id: number) => clientOf().send<Order>('POST', `/orders/${id}/cancellation`)
  const showLedger = (id: number) =>
    clientOf().get<{ kind: string; change: number; orderId: number }[]>(`/products/${id}/movements?limit=100`)

  describe('a client of the shop', () => {
    it('creates a product, finds it under its location, changes it and deletes it, and sees that at once', async () => {
      const client = clientOf()
      const wanted = { name: 'Desk lamp', price: 49.9, qty: 80 }

      const created = await client.send<Product>('POST', '/products', wanted)
      const path = String(created.headers.get('location'))
      const found = await get(path)
      const changed = await client.send('PATCH', path, { price: 0, qty: 7 })
      const shown = await get(path)
      const deleted = await client.send('DELETE', path)
      const gone = [await get(path), await client.order(created.body.id), await client.send('DELETE', path)]

      expect(created).toMatchObject({ status: 201, body: wanted })
      expect(found).toMatchObject({ status: 200, body: created.body })
      expect(changed).toMatchObject({ status: 200, body: { name: 'Desk lamp', price: 0, qty: 7 } })
      expect(shown.body).toEqual(changed.body)
      expect(deleted).toMatchObject({ status: 204, body: undefined })
      expect(gone.map(({ status }) => status)).toEqual([404, 404, 404])
    })

    it('sees an order settled sooner than after the two windows of half a second that AWS collects batches for', async () => {
      const product = await clientOf().createProduct({ qty: 100 })
      let quickest = Number.POSITIVE_INFINITY

      // The quickest of many, as any of them may meet a busy moment.
      for (let count = 0; count < 20 && quickest >= 900; count += 1) {
        const { body } = await clientOf().order(product.id)
        const { createdAt, settledAt } = await clientOf().settled(body.id)
        quickest = Math.min(quickest, Date.parse(settledAt as string) - Date.parse(createdAt))
      }

      expect(quickest).toBeLessThan(900)
    })

    it('orders, sees the order at once, then confirmed, and the stock reduced', async () => {
      const product = await clientOf().createProduct({ price: 19.99, qty: 5 })

      const ordered = await clientOf().order(product.id, 3)
      const atOnce = await get(String(ordered.headers.get('location')))
      const settled = await clientOf().settled(ordered.body.id)

      expect(ordered).toMatchObject({
        status: 202,
        body: { productId: product.id, quantity: 3, unitPrice: 19.99, totalPrice: 59.97, status: 'pending' },
      })
      expect(atOnce).toMatchObject({ status: 200, body: { id: ordered.body.id } })
      expect(settled).toEqual({ ...ordered.body, status: 'confirmed', settledAt: expect.any(String) })
      await eventually(async () => (await clientOf().qtyOf(product.id)) === 2)
    })

    it('cancels an order, sees its pieces come back, and the ledger that says so', async () => {
      const product = await clientOf().createProduct({ qty: 5 })
      const ordered = await clientOf().order(product.id, 3)
      await clientOf().settled(ordered.body.id)
      await eventually(async () => (await clientOf().qtyOf(product.id)) === 2)

      const cancelled = await cancel(ordered.body.id)
      const again = await cancel(ordered.body.id)

      expect(cancelled).toMatchObject({ status: 200, body: { id: ordered.body.id, status: 'cancelled' } })
      expect([again.status, again.body]).toEqual([200, cancelled.body])
      await eventually(async () => (await clientOf().qtyOf(product.id)) === 5)
      const changes = (await showLedger(product.id)).body.map(({ kind, change }) => `${kind} ${change}`)
      expect(changes).toEqual(['return 3', 'sale -3', 'initial 5'])
      expect((await listOrders(product.id)).body).toEqual([cancelled.body])
    })

    it('cancels an order at once, before anybody decides of its stock, or just then', async () => {
      const product = await clientOf().createProduct({ qty: 30 })
      const ordered = await Promise.all(Array.from({ length: 20 }, () => clientOf().order(product.id)))

      const cancelled = await Promise.all(ordered.map(({ body }) => cancel(body.id)))

      expect(cancelled.map(({ status }) => status)).toEqual(Array(20).fill(200))
      await eventually(async () => {
        const { body } = await showLedger(product.id)
        const decided = new Set(body.map(({ orderId }) => orderId)).size - 1
        return decided === 20 && (await clientOf().qtyOf(product.id)) === 30
      }, 20_000)
    })

    it('is told where an answer came from: read anew, then out of the cache', async () => {
      const { id } = await clientOf().createProduct()

      const lists = [await listOrders(id), await listOrders(id)]
      await showProduct(id)
      const again = await showProduct(id)

      expect([...lists, again].map(({ headers }) => headers.get('x-cache'))).toEqual(['MISS', 'HIT', 'HIT'])
    })

    it('finds a new order in the list at once, also after it has read the list before, and settled in time', async () => {
      const product = await clientOf().createProduct({ qty: 100 })

      for (let orders = 1; orders <= 10; orders += 1) {
        const ordered = await clientOf().order(product.id)
        const { body } = await listOrders(product.id)
        expect(body).toHaveLength(orders)
        expect(body[0]?.id).toBe(ordered.body.id)
      }
      const settledInList = async () =>
        (await listOrders(product.id)).body.every(({ status }) => status === 'confirmed')
      await eventually(settledInList, 15_000)
    })

    it('pages through orders, newest first, each once', async () => {
      const product = await clientOf().createProduct({ qty: 100 })
      const ids: number[] = []
      for (let n = 0; n < 5; n += 1) ids.unshift((await clientOf().order(product.id)).body.id)

      const found: number[] = []
      let next: string | undefined = `/orders/product/${product.id}?limit=2`
      while (next) {
        const { body, headers }: Answer<Order[]> = await clientOf().get(next)
        found.push(...body.map(({ id }) => id))
        next = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
      }

      expect(found).toEqual(ids)
    })

    it.each(['/with-orders', '-with-orders'])('finds a product together with its orders: %s', async (end) => {
      const product = await clientOf().createProduct({ qty: 100 })
      const { body: order } = await clientOf().order(product.id, 2)

      const both = await get(`/products/${product.id}${end}`)

      expect(both).toMatchObject({
        status: 200,
        body: { id: product.id, orders: [{ id: order.id, quantity: 2 }] },
      })
      expect(both.body).not.toHaveProperty('warnings')
    })

    it('hears that the shop is healthy', async () => {
      expect(await get('/health')).toMatchObject({
        status: 200,
        body: { status: 'healthy', services: { database: 'up', cache: 'up', broker: 'up' } },
      })
    })
  })

  describe('400 customers who order 1, 2, 3, 1, 2, 3 … of a stock of 50 at once', () => {
    it('get exactly 50, every accepted order settles, and nothing is left', async () => {
      const product = await clientOf().createProduct({ name: 'Numbered print', price: 180, qty: 50 })

      const answers = await Promise.all(
        Array.from({ length: 400 }, (_, n) => clientOf().order(product.id, (n % 3) + 1)),
      )
      const accepted = answers.filter(({ status }) => status === 202)
      const settled = await Promise.all(accepted.map(({ body }) => clientOf().settled(body.id, 30_000)))

      expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true)
      const confirmed = settled.filter(({ status }) => status === 'confirmed')
      expect(confirmed.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(50)
      for (const { status, reason } of settled)
        expect(reason).toBe(status === 'confirmed' ? null : 'insufficient-stock')
      await eventually(async () => (await clientOf().qtyOf(product.id)) === 0)
    })
  })
}
