import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../bench/processes/eventually.ts'
import type { Order } from '../../functions/orders/order.ts'
import type { Product } from '../../functions/products/product.ts'
import type { ShopClient } from './shop-client.ts'

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** What every shop answers its clients, whatever backs its parts. */
export function itServesItsClients(client: () => ShopClient): void {
  const shop = {
    get: (...args: Parameters<ShopClient['get']>) => client().get(...args),
    product: async (id: number) => client().get<Product>(`/products/${id}`),
    orders: async (id: number) => client().get<Order[]>(`/orders/product/${id}`),
  }

  describe('a client of the shop', () => {
    it('creates a product and finds it under its location', async () => {
      const created = await client().send<Product>('POST', '/products', {
        name: 'Desk lamp',
        price: 49.9,
        qty: 80,
      })

      expect(created.status).toBe(201)
      expect(created.body).toEqual({
        id: expect.any(Number),
        name: 'Desk lamp',
        price: 49.9,
        qty: 80,
        createdAt: expect.stringMatching(isoTime),
        updatedAt: created.body.createdAt,
      })
      const found = await shop.get(String(created.headers.get('location')))
      expect(found).toMatchObject({ status: 200, body: created.body })
    })

    it('sees an order settled sooner than after the two windows of half a second that AWS collects batches for', async () => {
      const product = await client().createProduct({ qty: 100 })
      let quickest = Number.POSITIVE_INFINITY

      // The quickest of many, as any of them may meet a busy moment.
      for (let count = 0; count < 20 && quickest >= 900; count += 1) {
        const { body } = await client().order(product.id, 1)
        const { createdAt, settledAt } = await client().settled(body.id)
        quickest = Math.min(quickest, Date.parse(settledAt as string) - Date.parse(createdAt))
      }

      expect(quickest).toBeLessThan(900)
    })

    it('orders, sees the order at once, then confirmed, and the stock reduced within a second', async () => {
      const product = await client().createProduct({ price: 19.99, qty: 5 })

      const ordered = await client().order(product.id, 3)
      const atOnce = await shop.get(String(ordered.headers.get('location')))
      const settled = await client().settled(ordered.body.id)

      expect(ordered.status).toBe(202)
      expect(ordered.headers.get('location')).toBe(`/orders/${ordered.body.id}`)
      expect(ordered.body).toEqual({
        id: expect.any(Number),
        productId: product.id,
        quantity: 3,
        unitPrice: 19.99,
        totalPrice: 59.97,
        status: 'pending',
        reason: null,
        createdAt: expect.stringMatching(isoTime),
        settledAt: null,
      })
      expect(atOnce).toMatchObject({ status: 200, body: { id: ordered.body.id } })
      expect(settled).toEqual({
        ...ordered.body,
        status: 'confirmed',
        settledAt: expect.stringMatching(isoTime),
      })
      await eventually(async () => (await shop.product(product.id)).body.qty === 2, 1500)
      expect(Date.parse((await shop.product(product.id)).body.updatedAt)).toBeGreaterThan(
        Date.parse(product.updatedAt),
      )
    })

    it('cancels an order, sees its pieces come back, and the ledger that says so', async () => {
      const product = await client().createProduct({ qty: 5 })
      const ordered = await client().order(product.id, 3)
      await client().settled(ordered.body.id)
      await eventually(async () => (await client().qtyOf(product.id)) === 2)
      const path = `/orders/${ordered.body.id}/cancellation`

      const cancelled = await client().send<Order>('POST', path)
      const again = await client().send<Order>('POST', path)

      expect(cancelled).toMatchObject({ status: 200, body: { id: ordered.body.id, status: 'cancelled' } })
      expect([again.status, again.body]).toEqual([200, cancelled.body])
      await eventually(async () => (await client().qtyOf(product.id)) === 5)
      const { body } = await client().get<{ kind: string; change: number }[]>(
        `/products/${product.id}/movements`,
      )
      expect(body.map(({ kind, change }) => [kind, change])).toEqual([
        ['return', 3],
        ['sale', -3],
        ['initial', 5],
      ])
      expect((await shop.orders(product.id)).body).toEqual([cancelled.body])
    })

    it('cancels an order at once, before anybody decides of its stock, or just then', async () => {
      const product = await client().createProduct({ qty: 30 })
      const ordered = await Promise.all(Array.from({ length: 20 }, () => client().order(product.id)))

      const cancelled = await Promise.all(
        ordered.map(({ body }) => client().send('POST', `/orders/${body.id}/cancellation`)),
      )

      expect(cancelled.map(({ status }) => status)).toEqual(Array(20).fill(200))
      const quiet = async () => {
        const { body } = await client().get<{ change: number }[]>(
          `/products/${product.id}/movements?limit=100`,
        )
        const decided = new Set(body.map((one) => (one as { orderId?: number }).orderId)).size - 1
        return decided === 20 && (await client().qtyOf(product.id)) === 30
      }
      await eventually(quiet, 20_000)
    })

    it('changes the stock by a difference, and only the product that was read', async () => {
      const product = await client().createProduct({ qty: 5 })
      const { headers } = await shop.product(product.id)
      const ifMatch = { 'if-match': String(headers.get('etag')) }
      const adjustment = { change: -2, reason: 'Broken' }

      const adjusted = await client().send('POST', `/products/${product.id}/adjustments`, adjustment)
      const late = await client().send('PATCH', `/products/${product.id}`, { price: 1 }, ifMatch)
      const fresh = await client().send(
        'PATCH',
        `/products/${product.id}`,
        { price: 1 },
        { 'if-match': String(adjusted.headers.get('etag')) },
      )

      expect([adjusted.status, late.status, fresh.status]).toEqual([201, 412, 200])
      expect(fresh.body).toMatchObject({ qty: 3, price: 1 })
    })

    it('is told where an answer came from: read anew, then out of the cache', async () => {
      const product = await client().createProduct()

      const lists = [await shop.orders(product.id), await shop.orders(product.id)]
      await shop.product(product.id)
      const again = await shop.product(product.id)

      expect(lists.map(({ headers }) => headers.get('x-cache'))).toEqual(['MISS', 'HIT'])
      expect(again.headers.get('x-cache')).toBe('HIT')
    })

    it('finds a new order in the list at once, also after it has read the list before', async () => {
      const product = await client().createProduct({ qty: 100 })

      for (let orders = 1; orders <= 10; orders += 1) {
        const ordered = await client().order(product.id)
        const { body } = await shop.orders(product.id)
        expect(body.map(({ id }) => id)).toContain(ordered.body.id)
        expect(body).toHaveLength(orders)
      }
    })

    it('never finds a settled order pending again in the list', async () => {
      const product = await client().createProduct({ qty: 100 })
      const { body: order } = await client().order(product.id)
      await client().settled(order.id)

      await eventually(async () => (await shop.orders(product.id)).body[0]?.status === 'confirmed', 1500)
    })

    it('pages through products and orders, newest first, each once', async () => {
      const product = await client().createProduct({ qty: 100 })
      const ids: number[] = []
      for (let n = 0; n < 5; n += 1) ids.unshift((await client().order(product.id)).body.id)

      const found: number[] = []
      let next: string | undefined = `/orders/product/${product.id}?limit=2`
      while (next) {
        const page = await shop.get(next)
        found.push(...(page.body as unknown as Order[]).map(({ id }) => id))
        next = /^<(.*)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1]
      }
      const products = await shop.get('/products?limit=1')

      expect(found).toEqual(ids)
      expect(products.headers.get('link')).toMatch(/^<\/products\?limit=1&cursor=[\w-]+>; rel="next"$/)
    })

    it.each(['/with-orders', '-with-orders'])('finds a product together with its orders: %s', async (end) => {
      const product = await client().createProduct({ qty: 100 })
      const { body: order } = await client().order(product.id, 2)

      const both = await shop.get(`/products/${product.id}${end}`)

      expect(both).toMatchObject({
        status: 200,
        body: { id: product.id, orders: [{ id: order.id, quantity: 2 }] },
      })
      expect(both.body).not.toHaveProperty('warnings')
    })

    it('changes a product and sees the change at once', async () => {
      const product = await client().createProduct()
      await shop.product(product.id)

      const changed = await client().send('PATCH', `/products/${product.id}`, { price: 0, qty: 7 })

      expect(changed).toMatchObject({
        status: 200,
        body: { ...product, price: 0, qty: 7, updatedAt: expect.any(String) },
      })
      expect((await shop.product(product.id)).body).toEqual(changed.body)
    })

    it('deletes a product and does not find it any more', async () => {
      const product = await client().createProduct()
      await shop.product(product.id)

      const deleted = await client().send('DELETE', `/products/${product.id}`)

      expect(deleted).toMatchObject({ status: 204, body: undefined })
      expect((await shop.product(product.id)).status).toBe(404)
      expect((await client().order(product.id)).status).toBe(404)
      expect((await client().send('DELETE', `/products/${product.id}`)).status).toBe(404)
    })

    it.each([
      ['GET', '/products/9007199254740991', 404, 'product-not-found'],
      ['GET', '/products/1.5', 404, 'product-not-found'],
      ['GET', '/orders/product/1?cursor=x', 400, 'validation-failed'],
      ['GET', '/nowhere', 404, 'route-not-found'],
      ['GET', '/products/', 404, 'route-not-found'],
      ['PUT', '/products', 405, 'method-not-allowed'],
      ['OPTIONS', '/health', 405, 'method-not-allowed'],
    ])('is told by %s %s: %d %s', async (method, path, status, code) => {
      const answer = await client().send(method, path, method === 'PATCH' ? { qty: 1 } : undefined)

      expect(answer.status).toBe(status)
      expect(answer.body).toEqual({
        type: expect.any(String),
        title: expect.any(String),
        status,
        detail: expect.any(String),
        code,
        requestId: answer.headers.get('x-request-id'),
        timestamp: expect.stringMatching(isoTime),
        ...(status === 400 && { errors: [expect.objectContaining({ path: expect.stringMatching(/^\//) })] }),
      })
    })

    it('hears that the shop is healthy', async () => {
      const health = await shop.get('/health')

      expect(health.status).toBe(200)
      expect(health.body).toEqual({
        status: 'healthy',
        timestamp: expect.stringMatching(isoTime),
        services: { database: 'up', cache: 'up', broker: 'up' },
      })
    })
  })

  describe('400 customers who order 1, 2, 3, 1, 2, 3 … of a stock of 50 at once', () => {
    it('get exactly 50, every accepted order settles, and nothing is left', async () => {
      const product = await client().createProduct({ name: 'Numbered print', price: 180, qty: 50 })

      const answers = await Promise.all(
        Array.from({ length: 400 }, (_, n) => client().order(product.id, (n % 3) + 1)),
      )
      const accepted = answers.filter(({ status }) => status === 202)
      const settled = await Promise.all(accepted.map(({ body }) => client().settled(body.id, 30_000)))

      expect(new Set(answers.map(({ status }) => status))).toEqual(
        new Set(accepted.length < 400 ? [202, 409] : [202]),
      )
      const confirmed = settled.filter(({ status }) => status === 'confirmed')
      expect(confirmed.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(50)
      for (const { status, reason } of settled) {
        expect(reason).toBe(status === 'confirmed' ? null : 'insufficient-stock')
      }
      await eventually(async () => (await client().qtyOf(product.id)) === 0, 1500)
    })
  })
}
