import { eventually } from '../../bench/processes/eventually.ts'
import type { Order } from '../../functions/orders/order.ts'
import type { Product } from '../../functions/products/product.ts'
import { expectContract } from './contract.ts'

/** An answer of the shop; `body` is the parsed JSON, or undefined when there is none. */
export interface Answer<Body> {
  status: number
  headers: Headers
  body: Body
}

/** A client of a running shop; it holds every answer to the OpenAPI document. */
export class ShopClient {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const { status, headers: answered } = response
    expectContract({ method, path, status, headers: answered, body: text })
    return { status, headers: answered, body: text ? JSON.parse(text) : undefined }
  }

  get<Body = Record<string, unknown>>(path: string, headers?: Record<string, string>): Promise<Answer<Body>> {
    return this.send('GET', path, undefined, headers)
  }

  async createProduct(product: Partial<Product> = {}): Promise<Product> {
    const wanted = { name: 'Mug', price: 12.5, qty: 10, ...product }
    return (await this.send<Product>('POST', '/products', wanted)).body
  }

  order(productId: number, quantity = 1): Promise<Answer<Order>> {
    return this.send<Order>('POST', '/orders', { productId, quantity })
  }

  async findOrder(id: number): Promise<Order> {
    return (await this.get<Order>(`/orders/${id}`)).body
  }

  /** Waits until an order is settled and resolves to it; a busy shop may refuse to say for a moment. */
  settled(id: number, limitMs = 15_000): Promise<Order> {
    return eventually(async () => {
      const { status, body } = await this.get<Order>(`/orders/${id}`)
      return status === 200 && body.status !== 'pending' ? body : undefined
    }, limitMs)
  }

  async qtyOf(productId: number): Promise<number> {
    return (await this.get<Product>(`/products/${productId}`)).body.qty
  }
}
